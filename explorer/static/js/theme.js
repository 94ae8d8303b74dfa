// Runs before the first paint, so that a stored choice of light or dark does not flash.
"use strict";
try {
  const chosen = localStorage.getItem("hublake-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* storage is blocked: the system's preference holds */ }
