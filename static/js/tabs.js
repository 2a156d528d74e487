/* Turns the sections of [data-tabs] into tabs, each named by its [data-tab].
 *
 * Without scripting they stand one below the other, each under its heading. The arrow keys, Home and
 * End move between the tabs, and show what they reach.
 */

const MOVES = {
  ArrowLeft: (place, count) => (place + count - 1) % count,
  ArrowRight: (place, count) => (place + 1) % count,
  Home: () => 0,
  End: (place, count) => count - 1,
};

function tabOf(section) {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.className = "tab";
  tab.id = `${section.id}-tab`;
  tab.textContent = section.dataset.tab;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", section.id);
  section.setAttribute("role", "tabpanel");
  section.setAttribute("aria-labelledby", tab.id);
  section.querySelector("h4").hidden = true;
  return tab;
}

function arrange(box) {
  const sections = [...box.querySelectorAll(":scope > [data-tab]")];
  const tabs = sections.map(tabOf);
  const show = (chosen) => {
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === chosen));
      tab.tabIndex = place === chosen ? 0 : -1;
      sections[place].hidden = place !== chosen;
    });
  };
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => show(place));
    tab.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (move) {
        event.preventDefault();
        show(move(place, tabs.length));
        tabs[move(place, tabs.length)].focus();
      }
    });
  });
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", box.getAttribute("aria-label"));
  box.removeAttribute("aria-label");
  list.append(...tabs);
  box.prepend(list);
  show(0);
}

for (const box of document.querySelectorAll("[data-tabs]")) {
  arrange(box);
}
