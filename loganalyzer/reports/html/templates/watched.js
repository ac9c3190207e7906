// A page that is written again and again reloads itself where the reader asked for it: opened or clicked with #watch.
(function () {
  "use strict";
  var SECONDS = 5;
  function begin() {
    if (location.hash === "#watch") setTimeout(function () { location.reload(); }, SECONDS * 1000);
  }
  begin();
  addEventListener("hashchange", begin);
})();
