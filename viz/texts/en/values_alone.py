"""A number that stands alone, as in a table's cell."""

TEXTS = {
    "value.number": "{value:number}",
    "value.percent": "{value:percent}",
    "value.count": "{value:count}",
}
