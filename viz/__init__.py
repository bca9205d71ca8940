"""Everything a person looks at: views of a trace as figures, files, slides and a page.

figure = viz.show(trace, "heads", block=8, query=(20, 31))
viz.save(trace, "heads.svg", "heads", block=8, query=(20, 31))
page = viz.explore(trace, block=8)
"""

from samvit.tracing import Trace
from viz.exploring import explore
from viz.showing import figure, panels, save, save_slides, selected, show
from viz.views import VIEWS, view_by_id

__all__ = ["VIEWS", "explore", "figure", "panels", "save", "save_slides", "selected", "show", "view_by_id"]

# Drawing is this package's, which a trace must not import: it comes to a trace with `import viz`.
Trace.show = figure
Trace.figure = figure
