"""What a page is measured by: nothing sticks out sideways, every text can be read, every target can be hit.

Each is a function that runs in the page and returns what is wrong, in words.
"""

SIDEWAYS = """() => {
  const wide = document.documentElement.scrollWidth;
  if (wide <= innerWidth) return [];
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  return [`${wide} px wide: ` + out.slice(0, 3).map((e) => e.outerHTML.slice(0, 80)).join(" | ")];
}"""

# WCAG AA: 4.5 to 1, large text 3 to 1, what is disabled does not count. Grounds are laid over one another as the
# browser does, colour by colour, and whatever is drawn in parts through is mixed with what is under it.
CONTRAST = """() => {
  const read = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a));
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const grounds = new Map();
  const ground = (element) => {
    if (!element) return dark ? [18, 18, 18] : [255, 255, 255];
    if (!grounds.has(element)) {
      const style = getComputedStyle(element);
      const under = ground(element.parentElement);
      const mixed = over(read(style.backgroundColor), under);
      const seen = Number(style.opacity);
      grounds.set(element, mixed.map((c, i) => c * seen + under[i] * (1 - seen)));
    }
    return grounds.get(element);
  };
  const wrong = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest("[aria-disabled=true], :disabled, .unseen, .skip, script, style")) continue;
    const style = getComputedStyle(element);
    let colour = over(read(style.color), ground(element));
    for (let at = element; at; at = at.parentElement) {
      const seen = Number(getComputedStyle(at).opacity);
      if (seen < 1) colour = colour.map((c, i) => c * seen + ground(at.parentElement)[i] * (1 - seen));
    }
    const [low, high] = [light(colour), light(ground(element))].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) {
      const where = `${element.tagName.toLowerCase()}.${element.className}`;
      wrong.set(where, `${ratio.toFixed(2)} to 1: ${where} "${text.slice(0, 20)}"`);
    }
  }
  return [...wrong.values()];
}"""

# A finger hits a target where the browser says that it does, so enlarged and covering parts count as they are.
TARGETS = """() => {
  const kinds = "button, .button, .tabs a, .menu a, .filter, .choice, .back, .task, a.figure, summary," +
    " input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea";
  const REACH = 21; // from the centre: 44 px, less one for the edge on either side
  const around = [[0, -REACH], [0, REACH], [-REACH, 0], [REACH, 0]];
  const wrong = new Map();
  for (const target of document.querySelectorAll(kinds)) {
    if (!target.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (target.closest(".unseen, .skip, [aria-disabled=true]")) continue;
    target.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = target.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const missed = around.filter(([dx, dy]) => {
      const hit = document.elementFromPoint(x + dx, y + dy);
      return !target.contains(hit) && hit?.closest("label")?.control !== target;
    });
    if (missed.length) {
      const where = `${target.tagName.toLowerCase()}.${target.className}`;
      const words = (target.innerText || target.ariaLabel || target.name || "").trim().slice(0, 20);
      const size = `${Math.round(box.width)} x ${Math.round(box.height)} px`;
      wrong.set(where, `${size}: ${where} "${words}" missed at ${missed.join(" and ")}`);
    }
  }
  return [...wrong.values()];
}"""

# The panel's own words, those that can be chosen among them; names, numbers and what people typed are another matter.
WORDS = """(kinds) => {
  const own = [...document.querySelectorAll(kinds)].map((e) => (e.matches("option") ? e.text : e.innerText));
  const hints = [...document.querySelectorAll("[placeholder]")].map((e) => e.placeholder);
  return [...own, ...hints].map((text) => text.trim()).filter(Boolean);
}"""
OWN_WORDS = "label, legend, thead th, dt, .button, summary, h2, .group, .menu a, .tabs a, .hint, .chips a"
CHOICES = ", option"
