"""Settings of graphite-web for the tests: everything in the directory that GRAPHITE_DIRECTORY names.

graphite-web takes them by GRAPHITE_SETTINGS_MODULE, so that nothing in /etc is read or changed.
"""

import os

_directory = os.environ["GRAPHITE_DIRECTORY"]

SECRET_KEY = "of no use but in tests"
ALLOWED_HOSTS = ["*"]
TIME_ZONE = "UTC"
STORAGE_DIR = _directory
WHISPER_DIR = os.path.join(_directory, "whisper")
CONF_DIR = _directory
LOG_DIR = _directory
INDEX_FILE = os.path.join(_directory, "index")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.path.join(_directory, "graphite.db"),
    }
}
# Nothing is asked of carbon's cache: what was received is read from the files.
CARBONLINK_HOSTS = []
# An answer must never be an older one.
DEFAULT_CACHE_DURATION = 0
FIND_CACHE_DURATION = 0
