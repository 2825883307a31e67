"""What the registers are to say: every heading, and where its cells come from.

A column is written ``heading=attribute``, or ``heading=reference.attribute`` of what the record points at, or
``heading=rule()`` where the cell is reckoned; a ``+`` says that the column is added up at the bottom.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.alert import Alert
from models.base import Record
from models.business import Business, Inspection
from models.checkpoint import Checkpoint, Passage
from models.enterprise import Enterprise, Resumption
from models.event import ObservationEvent
from models.followup import FollowUp
from models.gathering import Banquet, Tipoff
from models.observation import Observation
from models.publicity import Publicity
from models.report import DailyReport
from models.resident import Resident
from models.states import ObservationKind
from models.supervision import Supervision
from models.supply import Donation, Supply
from models.visit import Visit
from models.volunteer import Assignment, Duty, Volunteer
from tests.models.summaries.world import Row


@dataclass(frozen=True)
class Register:
    """The records of a class, those that meet ``where``, and the columns that they are shown in."""

    cls: type[Record]
    columns: tuple[tuple[str, str], ...]
    where: Callable[[Row], bool] = lambda row: True

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _path in self.columns]

    def led_by(self, column: str) -> "Register":
        """The same with another column in front."""
        return Register(self.cls, (*_columns(column), *self.columns), self.where)


def _columns(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((heading, path) for heading, _, path in (column.partition("=") for column in text.split()))


def _register(cls: type[Record], text: str, **told: Any) -> Register:
    return Register(cls, _columns(text), **told)


PERSONS = _register(
    Resident,
    """
    姓名=name 年龄=age() 性别=sex 籍贯=native_place 住址=address 身份证号码=identity_number 联系电话=phone
    从何地来(返)=came_from 来(返)时间=arrived_on 来(返)方式=arrived_by 航班/车次/车牌号=transport_number
    期间还到过哪些城市=cities_passed 是否与确诊、疑似病例密切接触过=met_case
    是否与密切接触者共同生活、工作、学习、聚会过=lived_with_contact 是否与重点疫区人员接触过=met_from_area
    身体状况=health 是否就医=sought_care 就医医院=hospital 就医时间=care_on 下步拟采取措施=next_step
    """,
)
OBSERVED = """
    姓名=resident.name 性别=resident.sex 身份证号码=resident.identity_number 联系方式=resident.phone
    家庭住址=resident.address 责任村(社区)=village.name 责任人=cadre 责任人手机号=cadre_phone
    开始隔离时间=began_on 预计解除隔离时间=ends_on 实际解除隔离时间=released_on 是否解除隔离=released()
    是否转疑似病例=became_suspected 转出时间=transferred_on 转出地点=transferred_to 转出原因=transfer_reason
    备注=note
    """
PASSAGES = _register(
    Passage,
    """
    卡口名称=checkpoint.name 方向(进/出)=direction 时间=at 车牌号=plate 姓名=name 人数=people+ 联系方式=phone
    身份证号=identity_number 出发地=origin 目的地=destination 体温=temperature 事由=purpose
    """,
)
BUSINESSES = _register(
    Business,
    """
    名称=name 类别=kind 地址=address 经营者=operator 联系电话=phone 家庭住址=home_address 管控要求=control
    包保责任人=guarantor 企业联系人=contact 属地责任人=cadre 带队领导=leader 面积=area 经营户数=stalls
    是否开放=open 开放时间=opening_hours
    """,
)
INSPECTIONS = _register(
    Inspection,
    """
    日期=on 场所=business.name 方式=way 检查人=inspector 参与部门=departments 是否营业=operating 口罩佩戴=masks
    当日消毒=disinfected 发现问题=findings 整改期限=rectify_by 复查日期=rechecked_on 复查结果=recheck
    """,
)
RESUMPTIONS = _register(
    Resumption,
    """
    企业名称=enterprise.name 统一社会信用代码=enterprise.credit_code 法定代表人=enterprise.legal_person
    联系人=enterprise.contact 联系电话=enterprise.phone 24小时值班电话=enterprise.duty_phone
    企业地址=enterprise.address 经营范围=enterprise.business_scope 企业用工人数=enterprise.workers+
    实际返岗人数=returned+ 县外人数=from_outside+ 湖北籍人数=from_hubei+ 湖北客户=hubei_customers
    复产时间=resumed_on 设置隔离室=isolation_room 是否消毒防控=disinfection 是否进行体温检测=temperature_checks
    是否进行防疫宣传=publicity 责任承诺书=commitment_letter 应急预案=emergency_plan 健康统计表=health_table
    当面交代签字=told_face_to_face
    """,
)
BANQUETS = _register(
    Banquet,
    """
    举办时间=held_on 地点=place 举办人=host 厨师=cook 承办饭店=restaurant 事由=occasion 桌数=tables+
    人数=guests+ 来源=source 核实情况=findings 处理结果=outcome 核实人=verified_by 办结时间=concluded_on
    """,
)
TIPOFFS = _register(
    Tipoff,
    """
    时间=received_at 地点=place 举报类别=topic 内容=text 来源=source 核实情况=findings 处理结果=outcome
    核实人=verified_by 办结时间=concluded_on
    """,
)
VOLUNTEERS = _register(
    Volunteer,
    """
    编号=number 姓名=name 性别=sex 联系电话=phone 身份证号码=identity_number 所属组织=organisation.name
    政治面貌=politics 特长=skills 可服务时段=hours 服务村(社区)=village.name
    """,
)
DUTIES = _register(Duty, "任务=title 类别=kind 服务地点=place 起止时间=from_to() 需要人数=needed+ 联系人=contact")
SERVICE = _register(
    Assignment, "任务=duty.title 志愿者=volunteer_name 签到=signed_in_at 签退=signed_out_at 服务时长=hours+"
)
DONATIONS = _register(
    Donation,
    """
    捐赠单位/个人=donor 物资或金额=what 数量=amount() 定向/非定向=directed 接收单位=receiver
    接收时间=received_on 发放去向=went_to 公示时间=published_on
    """,
)
PUBLICITY = _register(Publicity, "日期=on 类别=kind 地点=place 数量=quantity+ 责任人=responsible 照片=photo")

FORMS = {
    "persons": [PERSONS],
    "home": [_register(Observation, OBSERVED, where=lambda row: row["kind"] is ObservationKind.HOME)],
    "passages": [PASSAGES],
    "businesses": [BUSINESSES],
    "inspections": [INSPECTIONS],
    "resumption": [RESUMPTIONS],
    "gatherings": [BANQUETS, TIPOFFS],
    "volunteers": [VOLUNTEERS, DUTIES, SERVICE],
    "donations": [DONATIONS],
    "publicity": [PUBLICITY],
}
"""Ten of the twelve forms, sheet by sheet; the other two are no lists of records."""
LEDGER = [
    PERSONS,
    _register(
        Resident,
        """
        姓名=name 人员类别=category 档案状态=file_stands() 姓名=cadre 联系电话=cadre_phone 姓名=relative
        联系电话=relative_phone 民警=police 医生=doctor 网格员=grid_worker 当事人事实陈述=statement 备注=note
        """,
    ),
    _register(
        Observation,
        OBSERVED
        + """
        观察方式=kind 观察状态=observation_stands() 观察地点=place 末次接触时间=last_exposure_on 观察期=days
        签批人=signed_by
        """,
    ),
    _register(
        ObservationEvent, "日期=on 姓名=resident.name 办理过程=kind 变动前=was 变动后=became 备注=in_words(note)"
    ),
    _register(
        Visit,
        """
        日期=on 时段=period 姓名=resident.name 体温=temperature 测量方式=how 测量结果=outcome 症状=symptoms
        是否外出=went_out 是否接触=contacts 防护措施=measures 补录原因=late_reason 备注=note
        """,
    ),
    _register(
        Alert,
        """
        预警时间=raised_at 姓名=resident.name 预警类型=kind 异常情况=in_words(what) 预警状态=status
        处置人=taken_by 办结人=closed_by 办结时间=closed_at 处置情况=done
        """,
    ),
    _register(FollowUp, "日期=on 姓名=resident.name 解除后第几天=day_no 随访结果=outcome 随访人=by 备注=note"),
    BUSINESSES,
    INSPECTIONS,
    _register(
        Enterprise,
        """
        企业名称=name 统一社会信用代码=credit_code 法定代表人=legal_person 联系人=contact 联系电话=phone
        24小时值班电话=duty_phone 企业地址=address 经营范围=business_scope 企业用工人数=workers+
        """,
    ),
    RESUMPTIONS,
    BANQUETS,
    TIPOFFS,
    _register(
        Checkpoint,
        "卡口名称=name 位置=place 负责人=cadre 联系电话=phone 设立时间=opened_on 撤除时间=closed_on 备注=note",
    ),
    PASSAGES,
    PUBLICITY,
    _register(
        Supervision,
        """
        日期=on 督查人=supervisors 地点=place 发现问题=findings 整改要求=demands 整改期限=due_on 整改情况=done
        完成时间=done_on
        """,
    ),
    VOLUNTEERS,
    DUTIES,
    SERVICE,
    _register(
        Supply,
        """
        申请时间=asked_on 姓名=name 住址=address 联系电话=phone 类别=kind 物品=goods 状态=status 代办人=courier
        金额=cost+ 送达时间=delivered_on
        """,
    ),
    DONATIONS,
    _register(
        DailyReport,
        """
        日期=on 摸排总人数=surveyed 来(返)人数=came 与确诊疑似密切接触人数=met_case
        与密切接触者共同生活人数=lived_with_contact 与重点疫区人员接触人数=met_from_area
        身体状况异常人数=abnormal 当日集中隔离=central_today 累计集中隔离=central_total 当日居家隔离=home_today
        累计居家隔离=home_total 当日解除=released_today 累计解除=released_total 住院=in_hospital
        填报人=handed_in_by 上报时间=handed_in_at 上报情况=punctuality 版次=revision 更正原因=correction_reason
        备注=note
        """,
    ),
]
"""The parts of a village's ledger, in which every line is led by its record's number."""
