// What is wrong with a page for somebody at the keyboard. `fingers.ready()` before Tab is pressed, `fingers.wrong()` after.
window.fingers = (() => {
  const KINDS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable=true]";
  const told = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 160);
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const usable = (element) => seen(element) && !element.matches(":disabled") && !element.closest("[inert], [aria-hidden=true]");
  const touched = new Map();

  // Of radio buttons with one name, the keyboard comes to one and the arrows to the others.
  const stop = (element) => {
    if (element.type !== "radio") return element;
    const group = [...document.getElementsByName(element.name)].filter((one) => one.form === element.form && usable(one));
    return group.find((one) => one.checked) ?? group[0];
  };
  let scope = document;
  const wanted = () => new Set([...scope.querySelectorAll(`${KINDS}, [tabindex="0"]`)].filter(usable).map(stop));

  const ringed = (element) => {
    const row = element.closest("tr, li");
    const places = [element, element.closest("label"), element.labels?.[0], element.parentElement, row].filter(Boolean);
    return places.some((one) => {
      const style = getComputedStyle(one);
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
    });
  };
  const covered = (element) => {
    const boxes = [...element.getClientRects(), ...[...(element.labels ?? [])].flatMap((one) => [...one.getClientRects()])];
    const hit = (x, y) => {
      const top = document.elementFromPoint(x, y);
      return top && (element.contains(top) || top.contains(element) || [...(element.labels ?? [])].some((one) => one.contains(top)));
    };
    return !boxes.some((box) => [[.5, .5], [.1, .2], [.9, .8], [.1, .8], [.9, .2]].some(
      ([x, y]) => hit(box.left + box.width * x, box.top + box.height * y)));
  };

  // What has the focus is looked at when the next key goes down: it was scrolled to by then.
  const look = () => {
    const element = document.activeElement;
    if (!element || element === document.body || touched.has(element)) return;
    const faults = [];
    if (!ringed(element)) faults.push("shows no focus");
    if (covered(element)) faults.push("is covered while it has the focus");
    touched.set(element, faults);
  };

  return {
    async ready(inMain) {
      // What a page focuses by itself gets the focus with its first frames.
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      scope = inMain ? document.querySelector("main") : document;
      addEventListener("keydown", look, true);
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute("tabindex");
      return wanted().size;
    },
    first() {
      look();
      const link = document.activeElement;
      const leads = link.matches("a[href^='#']") && document.querySelector(link.getAttribute("href"));
      const box = link.getBoundingClientRect();
      if (leads && link.matches(":first-of-type") && box.top >= 0 && box.height >= 24) return [];
      return [`the first Tab leads to ${told(link)}`];
    },
    left() {
      look();
      return [...wanted()].filter((one) => !touched.has(one)).length;
    },
    wrong() {
      document.activeElement.blur();
      const lost = [...wanted()].filter((one) => !touched.has(one)).map((one) => `Tab never comes to ${told(one)}`);
      return [...lost, ...[...touched].flatMap(([one, faults]) => faults.map((fault) => `${told(one)} ${fault}`))];
    },
    heads() {
      const heads = [...document.querySelectorAll("h1")].filter(seen);
      const faults = heads.length === 1 ? [] : [`${heads.length} headings of level one`];
      if (!document.title.split(" – ")[0].trim()) faults.push(`its title is "${document.title}"`);
      return faults;
    },
  };
})();
