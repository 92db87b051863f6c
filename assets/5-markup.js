// Puts in what `components/markup.py` wrote: one text instead of thousands of components, before it is painted.
(function () {
  "use strict";
  const SOURCE = "data-html";
  const shown = new WeakMap();

  function show(place) {
    const text = place.getAttribute(SOURCE);
    if (shown.get(place) === text) return;
    shown.set(place, text);
    place.innerHTML = text || "";
  }

  function look(changes) {
    for (const change of changes) {
      if (change.type === "attributes") show(change.target);
      for (const added of change.addedNodes) {
        if (added.nodeType !== Node.ELEMENT_NODE) continue;
        if (added.hasAttribute(SOURCE)) show(added);
        for (const place of added.querySelectorAll("[" + SOURCE + "]")) show(place);
      }
    }
  }

  // Observers are called before the browser paints; what is put in here, `3-live.js` sees as any redrawn part.
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: [SOURCE] });
})();
