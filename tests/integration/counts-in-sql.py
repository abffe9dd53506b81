"""Reads {"sql": …, "events": [[user_id, item_id, ts], …]} and writes the rows of the query: what a cluster engine would do."""

import json
import math
import sqlite3
import sys

asked = json.load(sys.stdin)
database = sqlite3.connect(":memory:")
# Not every SQLite is built with mathematics.
database.create_function("exp", 1, math.exp, deterministic=True)
database.execute("CREATE TABLE events(user_id TEXT, item_id TEXT, ts REAL)")
database.executemany("INSERT INTO events VALUES (?, ?, ?)", asked["events"])
json.dump(database.execute(asked["sql"]).fetchall(), sys.stdout)
