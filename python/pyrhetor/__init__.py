"""Labels every paragraph of an article by what it does: report, advocacy or analysis.

>>> import pyrhetor
>>> model = pyrhetor.load()
>>> model.score(["Officials said the bridge will close on Monday."]).column("label").to_pylist()
['report']
"""

from ._agreement import agreement
from ._article import Article
from ._engine import RhetorError, __version__
from ._model import Model, load
from ._reading import ReadWarning
from ._training import train

__all__ = ["Article", "Model", "ReadWarning", "RhetorError", "__version__", "agreement", "load", "train"]
