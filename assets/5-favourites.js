// Favourite services: kept in this browser, named by the address where a page shows only them.
(function () {
  "use strict";
  const KEPT = "dqd-favourites";
  const ROOM = 1900;  // an argument of an address is read up to 2000 characters
  let here = [];  // where storage is switched off they last as long as this page

  function kept() {
    try {
      const said = JSON.parse(localStorage.getItem(KEPT) || "[]");
      return Array.isArray(said) ? said.filter((one) => typeof one === "string") : [];
    } catch (denied) { return here; }
  }
  function keep(ids) {
    here = ids;
    try { localStorage.setItem(KEPT, JSON.stringify(ids)); } catch (denied) { /* this page only */ }
  }
  function set(element, name, value) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }

  function fitting(ids) {
    let length = 0;
    return ids.filter((id) => (length += id.length + 1) <= ROOM);
  }

  function tell() {
    const ids = kept();
    const named = fitting(ids);
    for (const star of document.querySelectorAll("[data-favourite]")) {
      const on = ids.includes(star.dataset.favourite);
      set(star, "aria-pressed", String(on));
      set(star.firstElementChild, "class", on ? "bi bi-star-fill" : "bi bi-star");
    }
    for (const way of document.querySelectorAll("a[data-favourites]")) {
      const url = new URL(way.dataset.favourites, location.origin);
      url.searchParams.set("fav", named.join(","));
      set(way, "href", url.pathname + url.search.replaceAll("%2C", ","));
      if (named.length < ids.length) set(way, "title", `The first ${named.length} of ${ids.length}: an address holds no more`);
      way.hidden = !ids.length;
      way.parentElement.classList.toggle("segments", Boolean(ids.length));
      if (way.nextElementSibling) way.nextElementSibling.hidden = Boolean(ids.length);
    }
  }

  document.addEventListener("click", (event) => {
    const star = event.target.closest("[data-favourite]");
    if (!star) return;
    const id = star.dataset.favourite;
    const ids = kept().filter((one) => one !== id);
    keep(star.getAttribute("aria-pressed") === "true" ? ids : [...ids, id].sort());
    tell();
  });
  window.addEventListener("storage", (event) => { if (event.key === KEPT) tell(); });  // starred in another tab
  document.addEventListener("drawn", tell);
})();
