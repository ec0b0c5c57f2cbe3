"use strict";
/* Small things that pages do by themselves; without this file every page still works. */

/* Every request that htmx makes carries the token of the page's forms. */
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('input[name="csrf_token"]');
  if (token) event.detail.headers["X-CSRF-Token"] = token.value;
});

/* A select or a date in a form of class "at-once" asks as soon as it is chosen. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.at-once");
  if (form) form.requestSubmit();
});

/* A button with data-ask asks before it sends. */
document.addEventListener("submit", (event) => {
  const words = event.submitter && event.submitter.dataset.ask;
  if (words && !window.confirm(words)) event.preventDefault();
});

/* A form that was sent says so until its answer comes, and is not sent twice. */
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button || event.target.method !== "post") return;
  if (button.getAttribute("aria-busy")) event.preventDefault();
  button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

/* On a narrow screen the ways are one line: the one that is here comes into view. */
document.addEventListener("DOMContentLoaded", () => {
  const here = document.querySelector(".side [aria-current]");
  if (!here) return;
  const ways = here.closest(".side"), beyond = here.getBoundingClientRect().right - ways.getBoundingClientRect().right;
  if (beyond > 0) ways.scrollLeft += beyond + 40; /* scrollIntoView would also move where the tab key begins */
});
