"""How a number is written wherever a person reads one: in a map's note, a table, a legend, a figure.

The page's script writes the numbers of a hover by the same rules; `tests/numbers.json` holds both to the same examples.
"""

import math

MINUS = "\u2212"
GROUP = "\u202f"  # narrow no-break space: groups of three digits, the same in every language
MISSING = "–"


def number_text(value: float) -> str:
    """A number with three digits that matter, and a true minus sign; an integer whole, in groups of three digits.

    >>> number_text(-0.004351), number_text(12345), number_text(0.00002)
    ('−0.00435', '12 345', '2.0e−5')
    """
    if math.isnan(value):
        return MISSING
    if math.isinf(value):
        return f"{MINUS if value < 0 else ''}∞"
    size = abs(value)
    if value == 0:
        return "0"
    if float(value).is_integer() and size < 1e15:
        digits = f"{int(size):,}".replace(",", GROUP)
    elif size >= 1e5 or size < 1e-3:
        mantissa, exponent = f"{size:.1e}".split("e")
        digits = f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    else:
        digits = _precise(size, 4 if size >= 1000 else 3)
    return (MINUS if value < 0 else "") + digits


def percent_text(share: float) -> str:
    """A share of one in percent: two decimals, one from 10 % on. The one form of an attention weight.

    >>> percent_text(0.00435), percent_text(0.256), percent_text(1e-6)
    ('0.43 %', '25.6 %', '< 0.01 %')
    """
    if math.isnan(share):
        return MISSING
    value = share * 100
    if 0 < value < 0.01:
        return "< 0.01 %"
    text = f"{abs(value):.{1 if abs(value) >= 10 else 2}f} %"
    return (MINUS if value < 0 and float(text[:-2]) else "") + text


def count_text(count: float) -> str:
    """A count in groups of three digits."""
    return f"{int(count):,}".replace(",", GROUP).replace("-", MINUS)


def _precise(size: float, digits: int) -> str:
    """A number from 0.001 to 100,000 with so many digits that matter, trailing zeros kept."""
    decimals = max(digits - 1 - math.floor(math.log10(size)), 0)
    text = f"{size:.{decimals}f}"
    if len(text.replace(".", "").lstrip("0")) > digits and decimals:  # 9.996 has become 10.00
        text = f"{size:.{decimals - 1}f}"
    return text


FORMS = {"number": number_text, "percent": percent_text, "count": count_text}
