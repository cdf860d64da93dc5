"""The kinds of states that badges and timelines know, each with a shape of its own."""

SHAPES = {
    "success": "circle-check",
    "waiting": "clock",
    "warning": "alert-triangle",
    "danger": "circle-x",
    "info": "info-circle",
    "neutral": "circle-dashed",
    "off": "ban",
}
