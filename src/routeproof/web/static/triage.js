"use strict";
/* Triage by keyboard: j and k move, enter opens, x chooses, a assigns, d closes. */
(() => {
  const rows = () => [...document.querySelectorAll("table.triage tbody tr[data-href]")];
  let at = -1;
  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    if (at >= 0 && all[at]) all[at].classList.remove("chosen");
    at = Math.max(0, Math.min(all.length - 1, at + step));
    all[at].classList.add("chosen");
    all[at].querySelector("a").focus({ preventScroll: true });
    all[at].scrollIntoView({ block: "nearest" });
  };
  const choose = (always) => {
    const box = at >= 0 && rows()[at].querySelector("input[type=checkbox]");
    if (box) box.checked = always || !box.checked;
  };
  const ask = (id) => {
    const bulk = document.getElementById("bulk");
    const field = document.getElementById(id);
    if (!bulk || !field) return;
    if (![...document.querySelectorAll("table.triage input:checked")].length) choose(true);
    bulk.open = true;
    field.focus();
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    x: () => choose(false),
    a: () => ask("to"),
    d: () => ask("disposition"),
    Enter: () => at >= 0 && rows()[at] && window.location.assign(rows()[at].dataset.href),
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, button") || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key];
    if (!act || (event.key === "Enter" && event.target.closest("a, summary"))) return;
    event.preventDefault();
    act();
  });
})();
