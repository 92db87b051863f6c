// What a page asks for first came with its index: these texts answer the first requests for them, once.
(function () {
  "use strict";
  const found = [...document.querySelectorAll("script.answer-ahead")];
  const ahead = new Map(found.map((one) => [one.dataset.path, { of: one.dataset.of, text: one.textContent }]));
  const address = location.pathname + location.search;
  for (const one of found) one.remove();
  if (!ahead.size) return;
  const asked = window.fetch;

  // A view answers the router's call for the address it was drawn for, and only the first.
  function isAsked(answer, options) {
    if (answer.of !== "router") return true;
    const call = JSON.parse(options.body);
    return call.output.includes("_pages_content.children") && call.inputs.map((one) => one.value || "").join("") === address;
  }

  window.fetch = function (resource, options) {
    const path = typeof resource === "string" ? new URL(resource, location.href).pathname : "";
    const answer = ahead.get(path);
    if (answer === undefined) return asked.apply(this, arguments);
    ahead.delete(path);
    if (!ahead.size) window.fetch = asked;
    if (!isAsked(answer, options)) return asked.apply(this, arguments);
    return Promise.resolve(new Response(answer.text, { headers: { "Content-Type": "application/json" } }));
  };
})();
