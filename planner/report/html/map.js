"use strict";
(function () {
  var source = document.getElementById("map-data"), place = document.getElementById("park-map");
  if (!source || !place || !window.L) { return; }
  var data = JSON.parse(source.textContent), groups = {}, labels = [], badges = [];
  document.documentElement.classList.add("scripted");
  place.hidden = false;
  // as high as a map of this shape needs to be, where that is less
  var needed = 40 + place.clientWidth * data.height / data.width;
  if (needed < place.clientHeight) { place.style.height = Math.max(needed, 300) + "px"; }
  document.querySelectorAll(".only-script, .legend input").forEach(function (one) { one.hidden = false; });
  var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var map = L.map(place, {
    crs: L.CRS.Simple, attributionControl: false, zoomControl: false, zoomSnap: 0.25, minZoom: -12, maxZoom: 4,
    scrollWheelZoom: false, zoomAnimation: !still, fadeAnimation: !still
  });
  // a layer may be added only once there is a view
  var bounds = [[0, 0], [data.height, data.width]];
  map.fitBounds(bounds);
  map.setMaxBounds(L.latLngBounds(bounds).pad(0.6));
  L.control.zoom({zoomInTitle: data.zoom[0], zoomOutTitle: data.zoom[1]}).addTo(map);
  if (data.metric) {
    L.control.scale({imperial: false, maxWidth: 160}).addTo(map);
    var north = L.control({position: "topright"});
    north.onAdd = function () {
      var made = text("N", "north");
      made.title = data.north;
      return made;
    };
    north.addTo(map);
  }
  // wheel and finger move the page until the map is used
  if (L.Browser.mobile) { map.dragging.disable(); }
  map.on("focus click", function () { map.scrollWheelZoom.enable(); map.dragging.enable(); });
  map.on("blur", function () { map.scrollWheelZoom.disable(); });

  function text(words, kind) {
    var made = document.createElement("span");
    made.className = kind || "";
    made.textContent = words;
    return made;
  }
  function turned(line) { return line.map(function (at) { return [at[1], at[0]]; }); }
  function drawn(one) {
    var dots = one.dots.map(turned), edge = one.colour || "#333333";
    if (one.kind === "area" || one.kind === "head") {
      return L.polygon(dots, {color: one.kind === "head" ? "#ffffff" : edge, weight: one.width || 1,
        fillColor: one.fill || "#ffffff", fillOpacity: 1, interactive: !!one.told});
    }
    if (one.kind === "line") {
      return L.polyline(dots, {color: edge, weight: 1.5 * (one.width || 1), dashArray: one.dash || null});
    }
    if (one.kind === "badge") {
      return L.marker(dots[0][0], {keyboard: false, icon: L.divIcon({className: "badge", iconSize: [18, 18],
        html: (function () { var made = text(one.label); made.style.borderColor = edge; return made; })()})});
    }
    return L.circleMarker(dots[0][0], {radius: 6, color: edge, weight: 1.5, fillColor: one.fill || "#333333", fillOpacity: 1});
  }
  data.features.forEach(function (one) {
    var group = groups[one.layer] = groups[one.layer] || L.layerGroup().addTo(map), shape = drawn(one);
    if (one.kind === "line" && one.told) {
      L.polyline(one.dots.map(turned), {color: "#ffffff", weight: 1.5 * one.width + 2, interactive: false}).addTo(group);
    }
    if (one.told) { shape.bindTooltip(text(one.told), {sticky: true, className: "told"}); }
    shape.addTo(group);
    if (one.kind === "badge") { badges.push(shape); }
    if (one.label && one.kind !== "badge") {
      var middle = shape.getBounds ? shape.getBounds().getCenter() : shape.getLatLng();
      labels.push({group: group, rank: one.layer === "free" ? 1 : 0, marker: L.marker(middle, {interactive: false,
        keyboard: false, icon: L.divIcon({className: "name" + (one.layer === "free" ? " free" : "") + (one.kind === "point" ? " spot" : ""), iconSize: null,
        html: text(one.label)})}).addTo(group)});
    }
  });
  labels.sort(function (a, b) { return a.rank - b.rank; });
  // names and numbers that would cover one written before wait for a closer look
  function tidy() {
    var taken = [], spots = [], frame = place.getBoundingClientRect();
    badges.forEach(function (one) {
      var made = one.getElement();
      if (!made) { return; }
      var box = made.getBoundingClientRect();
      var meets = spots.some(function (b) { return Math.abs(b.left - box.left) < 15 && Math.abs(b.top - box.top) < 15; });
      made.style.visibility = meets ? "hidden" : "visible";
      if (!meets) { spots.push(box); }
    });
    labels.forEach(function (one) {
      var made = one.marker.getElement();
      if (!made) { return; }
      var words = made.firstChild, box;
      made.style.visibility = "visible";
      words.style.marginLeft = words.style.marginTop = "0";
      box = words.getBoundingClientRect();
      // a name at the edge is moved inwards
      var right = Math.max(0, frame.left + 3 - box.left) - Math.max(0, box.right - frame.right + 3);
      var down = Math.max(0, frame.top + 3 - box.top);
      if ((right || down) && Math.abs(right) < box.width && down < 60) {
        words.style.marginLeft = right + "px";
        words.style.marginTop = down + "px";
        box = words.getBoundingClientRect();
      }
      var meets = taken.some(function (b) {
        return box.left < b.right && b.left < box.right && box.top < b.bottom && b.top < box.bottom;
      });
      if (meets) { made.style.visibility = "hidden"; } else { taken.push(box); }
    });
  }
  map.on("zoomend layeradd", tidy);
  tidy();
  document.querySelectorAll(".legend input").forEach(function (box) {
    box.addEventListener("change", function () {
      var group = groups[box.dataset.layer];
      if (group) { if (box.checked) { group.addTo(map); } else { group.remove(); } }
    });
  });
})();
