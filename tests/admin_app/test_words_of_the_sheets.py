"""Chinese headings, titles and choices are the very words that village and district staff write on their own sheets."""

from typing import Any, Final

import pytest
from babel.messages.pofile import read_po

from admin_app.ledgers import show
from admin_app.ledgers.fields import typed_names
from models import (
    alert,
    business,
    dossier,
    enterprise,
    followup,
    gathering,
    handover,
    person,
    publicity,
    report,
    resident,
    round,
    states,
    supply,
    volunteer,
)
from models.register import LEDGERS
from models.words import Choice
from tests.admin_app.support.values import class_of
from tests.admin_app.test_words import PO

with PO.open("rb") as file:
    CATALOGUE: Final = read_po(file, locale="zh_Hans_CN")


def zh(text: str) -> str:
    """A text in Chinese, "" if the catalogue does not have it."""
    found = CATALOGUE.get(text)
    return str(found.string) if found is not None else ""


def label_of(ledger: str, name: str) -> str:
    """The label of a column or reference, as the code has it."""
    return show.label_of(class_of(ledger), name)


# Headings as they stand on the sheets of 2020, by the attribute that is exported under them.
HEADINGS: Final[dict[str, dict[str, str]]] = {
    "resident": {  # 重点人员摸排表
        "name": "姓名",
        "sex": "性别",
        "native_place": "籍贯",
        "address": "住址",
        "identity_number": "身份证号码",
        "phone": "联系电话",
        "came_from": "从何地来(返)",
        "arrived_on": "来(返)时间",
        "arrived_by": "来(返)方式",
        "transport_number": "航班/车次/车牌号",
        "cities_passed": "期间还到过哪些城市",
        "met_case": "是否与确诊、疑似病例密切接触过",
        "lived_with_contact": "是否与密切接触者共同生活、工作、学习、聚会过",
        "met_from_area": "是否与重点疫区人员接触过",
        "health": "身体状况",
        "sought_care": "是否就医",
        "hospital": "就医医院",
        "care_on": "就医时间",
        "next_step": "下步拟采取措施",
    },
    "observation": {  # 居家医学观察人员名单
        "resident": "姓名",
        "village": "责任村(社区)",
        "cadre": "责任人",
        "cadre_phone": "责任人手机号",
        "began_on": "开始隔离时间",
        "ends_on": "预计解除隔离时间",
        "released_on": "实际解除隔离时间",
        "became_suspected": "是否转疑似病例",
        "transferred_on": "转出时间",
        "transferred_to": "转出地点",
        "transfer_reason": "转出原因",
        "note": "备注",
    },
    "visit": {  # 体温登记表
        "resident": "姓名",
        "temperature": "体温",
        "went_out": "是否外出",
        "contacts": "是否接触",
        "symptoms": "症状",
        "note": "备注",
    },
    "dailyreport": {  # 摸排工作日报
        "village": "地区",
        "surveyed": "摸排总人数",
        "came": "来(返)人数",
        "met_case": "与确诊疑似密切接触人数",
        "lived_with_contact": "与密切接触者共同生活人数",
        "met_from_area": "与重点疫区人员接触人数",
        "abnormal": "身体状况异常人数",
        "central_today": "当日集中隔离",
        "central_total": "累计集中隔离",
        "home_today": "当日居家隔离",
        "home_total": "累计居家隔离",
        "released_today": "当日解除",
        "released_total": "累计解除",
        "in_hospital": "住院",
    },
    "passage": {  # 卡口登记
        "checkpoint": "卡口名称",
        "direction": "方向(进/出)",
        "at": "时间",
        "plate": "车牌号",
        "name": "姓名",
        "people": "人数",
        "phone": "联系方式",
        "identity_number": "身份证号",
        "origin": "出发地",
        "destination": "目的地",
        "temperature": "体温",
        "purpose": "事由",
    },
    "business": {  # 经营场所
        "name": "名称",
        "kind": "类别",
        "address": "地址",
        "operator": "经营者",
        "phone": "联系电话",
        "home_address": "家庭住址",
        "control": "管控要求",
        "guarantor": "包保责任人",
        "contact": "企业联系人",
        "cadre": "属地责任人",
        "leader": "带队领导",
        "area": "面积",
        "stalls": "经营户数",
        "open": "是否开放",
        "opening_hours": "开放时间",
    },
    "inspection": {  # 场所检查
        "on": "日期",
        "business": "场所",
        "way": "方式",
        "inspector": "检查人",
        "departments": "参与部门",
        "operating": "是否营业",
        "masks": "口罩佩戴",
        "disinfected": "当日消毒",
        "findings": "发现问题",
        "rectify_by": "整改期限",
        "rechecked_on": "复查日期",
        "recheck": "复查结果",
    },
    "enterprise": {  # 企业复工复产备案表, what is the enterprise's own
        "name": "企业名称",
        "credit_code": "统一社会信用代码",
        "legal_person": "法定代表人",
        "contact": "联系人",
        "phone": "联系电话",
        "duty_phone": "24小时值班电话",
        "address": "企业地址",
        "business_scope": "经营范围",
        "workers": "企业用工人数",
    },
    "resumption": {  # 企业复工复产备案表
        "enterprise": "企业名称",
        "returned": "实际返岗人数",
        "from_outside": "县外人数",
        "from_hubei": "湖北籍人数",
        "hubei_customers": "湖北客户",
        "resumed_on": "复产时间",
        "isolation_room": "设置隔离室",
        "disinfection": "是否消毒防控",
        "temperature_checks": "是否进行体温检测",
        "publicity": "是否进行防疫宣传",
        "commitment_letter": "责任承诺书",
        "emergency_plan": "应急预案",
        "health_table": "健康统计表",
        "told_face_to_face": "当面交代签字",
    },
    "banquet": {  # 家宴报备与举报
        "held_on": "举办时间",
        "place": "地点",
        "host": "举办人",
        "cook": "厨师",
        "restaurant": "承办饭店",
        "occasion": "事由",
        "tables": "桌数",
        "guests": "人数",
        "source": "来源",
        "findings": "核实情况",
        "outcome": "处理结果",
        "verified_by": "核实人",
        "concluded_on": "办结时间",
    },
    "tipoff": {  # 家宴报备与举报
        "place": "地点",
        "source": "来源",
        "findings": "核实情况",
        "outcome": "处理结果",
        "verified_by": "核实人",
        "concluded_on": "办结时间",
    },
    "volunteer": {  # 志愿者
        "number": "编号",
        "name": "姓名",
        "sex": "性别",
        "phone": "联系电话",
        "identity_number": "身份证号码",
        "organisation": "所属组织",
        "politics": "政治面貌",
        "skills": "特长",
        "hours": "可服务时段",
        "village": "服务村(社区)",
    },
    "duty": {  # 岗位任务
        "title": "任务",
        "kind": "类别",
        "place": "服务地点",
        "needed": "需要人数",
        "contact": "联系人",
    },
    "assignment": {  # 服务记录
        "duty": "任务",
        "volunteer": "志愿者",
        "signed_in_at": "签到",
        "signed_out_at": "签退",
        "hours": "服务时长",
    },
    "donation": {  # 捐赠
        "donor": "捐赠单位/个人",
        "what": "物资或金额",
        "quantity": "数量",
        "directed": "定向/非定向",
        "receiver": "接收单位",
        "received_on": "接收时间",
        "went_to": "发放去向",
        "published_on": "公示时间",
    },
    "publicity": {  # 宣传留痕
        "on": "日期",
        "kind": "类别",
        "place": "地点",
        "quantity": "数量",
        "responsible": "责任人",
        "photo": "照片",
    },
}
# Headings that the sheets themselves use for the same thing; the panel uses one of each.
SAME: Final = {"联系方式": "联系电话", "身份证号": "身份证号码"}

TITLES: Final = {
    "resident": "居民档案",
    "observation": "医学观察",
    "visit": "健康巡访",
    "business": "经营场所",
    "inspection": "场所检查",
    "resumption": "复工复产",
    "banquet": "家宴报备",
    "tipoff": "举报核实",
    "passage": "卡口登记",
    "publicity": "宣传留痕",
    "volunteer": "志愿者",
    "duty": "岗位任务",
    "assignment": "服务记录",
    "supply": "代购代送",
    "donation": "捐赠",
    "dailyreport": "日报",
    "supervision": "督查",
    "trail": "留痕",
    "alert": "异常预警",
    "followup": "解除后随访",
    "handover": "移交",
    "journey": "行程",
    "contact": "接触人员",
    "paper": "文书",
    "setting": "设置",
}

# What may be ticked, in the words of the field; a list may hold more than these.
WORDS: Final[dict[type[Choice], str]] = {
    person.Sex: "男 女",
    resident.Category: "返乡人员 外来人员 湖北籍 武汉来返 途经湖北 密切接触者 协查人员 大数据比对人员"
    " 发热人员 治愈出院人员",
    resident.FileStatus: "待核查 观察中 待解除 已解除 转集中 转院 转确诊 失访 已移交 已排除",
    states.ObservationKind: "居家医学观察 集中医学观察 住院医学观察",
    states.ObservationStatus: "观察中 已解除 转集中 转院 转确诊 失访 已移交",
    states.Period: "上午 下午",
    states.Outcome: "正常 异常 未见到 拒测",
    states.Symptom: "发热 干咳 乏力 咽痛 腹泻 胸闷 流涕 寒战 自觉正常",
    states.How: "上门 视频 电话",
    business.BusinessKind: "饭店 浴室 网吧 歌厅 游戏室 理发厅 棋牌室 超市 农贸市场 疏导点",
    business.VenueStatus: "停业 限制营业 正常营业 擅自营业 责令整改 已整改 待复查",
    business.Way: "电话问 现场看 群众询 联合检查",
    enterprise.ResumptionStatus: "未复工 已申请 已备案 已复工 已暂停",
    gathering.Source: "自报 举报 来电 来访",
    gathering.CaseStatus: "待核实 已核实 已办结",
    publicity.PublicityKind: "海报 横幅 一封信 小喇叭 应急广播",
    report.Punctuality: "按时 迟报 补报",
    volunteer.DutyKind: "卡口值守 入户排查 宣传 劝导聚集 代购代送",
    volunteer.DutyStatus: "已申请 招募中 已结束 已取消",
    supply.SupplyStatus: "待接单 已接单 已采购 已送达 已取消",
    supply.Directed: "定向 非定向",
    round.Slot: "待测 正常 异常 未见到 拒测 漏测 补录",
    alert.AlertStatus: "待处置 处置中 已处置",
    handover.HandOverStatus: "待接收 已接收 已退回 已撤回",
    dossier.PaperKind: "告知书 承诺书 解除医学观察通知书",
    followup.CallOutcome: "自觉正常 自觉不适 未联系上",
}


@pytest.mark.parametrize("ledger", HEADINGS)
def test_headings_are_those_of_the_sheets(ledger: str) -> None:
    for name, heading in HEADINGS[ledger].items():
        assert zh(label_of(ledger, name)) == SAME.get(heading, heading), f"{ledger}.{name}"


@pytest.mark.parametrize("ledger", TITLES)
def test_ledgers_are_called_as_the_field_calls_them(ledger: str) -> None:
    assert zh(class_of(ledger).__title__) == TITLES[ledger]


@pytest.mark.parametrize("choices", WORDS, ids=lambda choices: choices.__name__)
def test_choices_are_the_words_of_the_field(choices: type[Choice]) -> None:
    offered = {zh(one.label) for one in choices}
    assert set(WORDS[choices].split()) <= offered


@pytest.mark.parametrize("cls", LEDGERS, ids=lambda cls: cls.__ledger__)
def test_no_two_columns_of_a_ledger_have_one_heading(cls: Any) -> None:
    """A file that was exported can be told apart column by column when it comes back."""
    for say in (zh, str):
        headings = [say(label_of(cls.__ledger__, name)) for name in typed_names(cls)]
        assert sorted(headings) == sorted(set(headings))
