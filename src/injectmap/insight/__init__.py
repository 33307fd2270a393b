"""What was injected over time, as figures and as a map of the dose on the skin; the one package with matplotlib."""

import logging

# It says at each first use that it lists the computer's fonts; nothing has gone wrong.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
