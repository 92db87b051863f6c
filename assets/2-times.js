// Times as the reader wants them: ages while they are recent, else absolute in UTC or in the zone of this computer.
// Labels only: what is counted by day stays by UTC day. The zone is always named.
(function () {
  "use strict";
  const KEPT = "dqd-zone";
  const written = new Map();  // by instant: a matrix has thousands, told every second
  let local = false;
  try { local = localStorage.getItem(KEPT) === "local"; } catch (denied) { /* storage is switched off: UTC */ }

  const clock = new Intl.DateTimeFormat("en-GB", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  // a zone's short name is known only in the languages of where it is used
  const naming = ["en-GB", "en-US", "en-AU", "en-IN"].map((one) => new Intl.DateTimeFormat(one, { timeZoneName: "short" }));
  function zone(moment) {
    const names = naming.map((one) => one.formatToParts(moment).find((part) => part.type === "timeZoneName").value);
    return names.find((one) => !/^GMT[+-]/.test(one)) || names[0].replace(/^GMT/, "UTC");
  }

  // `2026-02-24 11:00:00` and `CET`
  function inWords(instant) {
    if (!local) return [instant.slice(0, 10) + " " + instant.slice(11, 19), "UTC"];
    const known = written.get(instant);
    if (known) return known;
    const moment = new Date(instant);
    const part = Object.fromEntries(clock.formatToParts(moment).map((one) => [one.type, one.value]));
    const words = [`${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}`, zone(moment)];
    if (written.size > 5000) written.clear();
    written.set(instant, words);
    return words;
  }
  function absolute(instant) {
    const [digits, name] = inWords(instant);
    return digits.slice(0, 16) + " " + name;
  }
  const full = (instant) => inWords(instant).join(" ");

  function age(seconds) {
    if (seconds < 60) return Math.max(0, Math.floor(seconds)) + " s";
    if (seconds < 3600) return Math.floor(seconds / 60) + " min";
    if (seconds < 86400) return Math.floor(seconds / 3600) + " h " + String(Math.floor(seconds / 60) % 60).padStart(2, "0") + " min";
    return Math.floor(seconds / 86400) + " d";
  }

  // What is over by this clock is marked, so that the page is drawn again until the server says what follows.
  function countdown(element, seconds) {
    const over = seconds >= 0;
    if (over !== element.classList.contains("is-over")) element.classList.toggle("is-over", over);
    return over ? "over" : age(Math.max(-seconds, 60)) + " left";
  }

  // The server writes times absolute, so that equal data gives equal pages.
  function tellAges() {
    const past = document.querySelector(".asof-banner");  // an age is told from now, and this page shows another time
    for (const element of document.querySelectorAll("main time")) {
      const text = element.firstChild;
      const instant = element.getAttribute("datetime");
      if (!text || !instant) continue;
      const seconds = (Date.now() - Date.parse(instant)) / 1000;
      const lasting = element.classList.contains("lasting");
      const recent = !past && seconds >= -60 && (seconds < 86400 || lasting || element.classList.contains("age"));
      // full minutes only: a text that ticks every second is noise
      const left = element.classList.contains("left");
      const words = left && !past ? countdown(element, seconds) : !recent ? absolute(instant) : lasting ? age(Math.max(seconds, 60)) : seconds < 60 ? "just now" : age(seconds) + " ago";
      if (text.nodeValue !== words) text.nodeValue = words;
      const title = full(instant);
      if (element.title !== title) element.title = title;
    }
  }

  function toggle() {
    local = !local;
    try { localStorage.setItem(KEPT, local ? "local" : "utc"); } catch (denied) { /* this page only */ }
    written.clear();
    tellAges();
    document.dispatchEvent(new Event("zone"));
  }

  window.dqdTimes = {
    age, absolute, full, tellAges, toggle,
    isLocal: () => local,
    here: () => zone(new Date()),
    place: () => clock.resolvedOptions().timeZone,
  };
})();
