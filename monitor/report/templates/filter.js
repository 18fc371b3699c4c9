"use strict";
(function () {
  var box = document.getElementById("filter");
  if (!box) { return; }
  var stories = Array.prototype.slice.call(document.querySelectorAll(".story"));
  var clusters = Array.prototype.slice.call(document.querySelectorAll(".cluster"));
  var same = document.getElementById("clusters");
  var groups = Array.prototype.slice.call(document.querySelectorAll(".group"));
  var happenings = Array.prototype.slice.call(document.querySelectorAll(".happening"));
  var buttons = Array.prototype.slice.call(box.querySelectorAll("button"));
  var select = document.getElementById("filter-language");
  var count = document.getElementById("filter-count");
  var none = document.getElementById("filter-none");
  var page = document.documentElement.lang;
  var written = new Intl.NumberFormat(page === "ar" ? "ar-u-nu-latn" : page);
  var topic = "";

  function apply() {
    var shown = 0;
    stories.forEach(function (story) {
      var fits = (!topic || story.dataset.topics.split(" ").indexOf(topic) >= 0) &&
        (!select.value || story.dataset.language === select.value);
      story.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    clusters.forEach(function (cluster) {
      cluster.hidden = !((!topic || cluster.dataset.topics.split(" ").indexOf(topic) >= 0) &&
        (!select.value || cluster.dataset.languages.split(" ").indexOf(select.value) >= 0));
    });
    if (same) { same.hidden = !same.querySelector(".cluster:not([hidden])"); }
    happenings.concat(groups).forEach(function (group) {
      group.hidden = !group.querySelector(".story:not([hidden])");
    });
    buttons.forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.topic === topic));
    });
    none.hidden = shown > 0;
    count.textContent = box.dataset.shown
      .replace("{shown}", written.format(shown)).replace("{total}", written.format(stories.length));
  }

  function reveal() {
    // a link from a mail must find its story, whatever the filter
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest("[hidden]")) { topic = ""; select.value = ""; apply(); target.scrollIntoView(); }
    if (target && target.tagName === "DETAILS") { target.open = true; }
  }

  buttons.forEach(function (button) {
    button.addEventListener("click", function () { topic = button.dataset.topic; apply(); });
  });
  select.addEventListener("change", apply);
  window.addEventListener("hashchange", reveal);
  box.hidden = false;
  apply();
  reveal();
}());
