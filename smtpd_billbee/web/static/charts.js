// Charts: each element with data-chart holds its numbers as JSON; the same stand in a table beside it.
(function () {
    "use strict";
    // ApexCharts puts a style sheet into the page; it carries the nonce with which this script came.
    const nonce = document.currentScript.nonce;
    const language = document.documentElement.lang || "de";

    function colour(name) {
        return getComputedStyle(document.body).getPropertyValue(name).trim();
    }

    function formatter(currency) {
        if (!currency) return new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
        try {
            return new Intl.NumberFormat(language, { style: "currency", currency: currency });
        } catch (error) {
            return new Intl.NumberFormat(language);
        }
    }

    // Only as many labels as find room; the others are empty.
    function thinned(labels, width) {
        const every = Math.ceil(labels.length / Math.max(1, Math.floor(width / 64)));
        return labels.map(function (label, at) { return at % every ? "" : label; });
    }

    function options(spec, height, width) {
        const write = formatter(spec.currency);
        const words = colour("--tblr-body-color");
        const bars = spec.kind === "bars";
        const long = spec.labels.length;
        const format = function (value) { return typeof value === "number" ? write.format(value) : String(value); };
        const plain = function (value) { return value; };
        return {
            chart: {
                type: spec.kind === "time" && long > 1 ? "area" : "bar",
                height: bars ? Math.max(70, 30 + 34 * long) : height,
                nonce: nonce,
                background: "transparent",
                foreColor: words,
                fontFamily: "inherit",
                animations: { enabled: false },
                accessibility: { enabled: false },  // the numbers stand in a table: the picture is for the eye only
                toolbar: { show: false },
                zoom: { enabled: false },
            },
            theme: { mode: document.documentElement.getAttribute("data-bs-theme") === "dark" ? "dark" : "light" },
            colors: [colour("--tblr-primary"), colour("--tblr-secondary")],
            series: spec.series,
            xaxis: {
                categories: bars ? spec.labels : thinned(spec.labels, width - 90),
                labels: { show: !bars, rotate: 0, hideOverlappingLabels: false },
                axisTicks: { show: false },
                tooltip: { enabled: false },
            },
            yaxis: { labels: { formatter: bars ? plain : format, maxWidth: bars ? 130 : 160 } },
            plotOptions: { bar: { horizontal: bars, borderRadius: 2 } },
            dataLabels: { enabled: false },
            stroke: { width: spec.kind === "time" ? [2, 2] : 0, curve: "straight", dashArray: [0, 4] },
            fill: { type: "solid", opacity: spec.kind === "time" ? [0.2, 0] : 1 },
            grid: { borderColor: colour("--tblr-border-color") },
            legend: { show: spec.series.length > 1, position: "top", horizontalAlign: "left" },
            tooltip: { theme: "dark", x: { formatter: function (value, at) {
                return at && at.dataPointIndex >= 0 ? spec.labels[at.dataPointIndex] : String(value);
            } }, y: { formatter: format } },
        };
    }

    function drawn(place) {
        const spec = JSON.parse(place.querySelector("script").textContent);
        const canvas = document.createElement("div");
        place.appendChild(canvas);
        let chart = null;
        function draw() {
            if (chart) chart.destroy();
            chart = new ApexCharts(canvas, options(spec, Number(place.dataset.height), place.clientWidth));
            chart.render();
        }
        draw();
        new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    }

    document.querySelectorAll("[data-chart]").forEach(drawn);
})();
