"""How pictures of figures are put."""

from django import template

from discussions.charts import Bars, Lines
from discussions.charts import description as description_of

register = template.Library()


@register.filter
def description(chart: Bars | Lines) -> str:
    return description_of(chart)
