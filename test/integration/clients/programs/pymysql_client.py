"""PyMySQL: runs the statements of all client programs and prints what it got as one line of JSON."""
import base64
import json
import os
import pymysql


def plain(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return str(value)


def rows(cursor):
    return [[plain(value) for value in row] for row in cursor.fetchall()]


connection = pymysql.connect(
    host="127.0.0.1",
    port=int(os.environ["PORT"]),
    user=os.environ["DB_USER"],
    password=os.environ["DB_PASSWORD"],
    database="test",
    charset="utf8mb4",
    ssl={"check_hostname": False, "verify_mode": False, "ca": os.environ["CA"]},
)
got = {}
cursor = connection.cursor()
cursor.execute("SELECT /* text */ * FROM zoo_of_clients ORDER BY id")
got["text"] = rows(cursor)
cursor.execute("SELECT /* prepared */ * FROM zoo_of_clients WHERE id <= %s ORDER BY id", (3,))
got["prepared"] = rows(cursor)
cursor.execute("SELECT /* echo */ %s, %s", ("ünï \\ ' 😀", None))
got["echo"] = rows(cursor)
cursor.execute("DROP TABLE IF EXISTS batch_of_pymysql")
cursor.execute("CREATE TABLE batch_of_pymysql (n INT, words VARCHAR(40))")
cursor.executemany("INSERT INTO batch_of_pymysql VALUES (%s, %s)", [(n, f"Zeile {n} ü") for n in range(100)])
connection.commit()
cursor.execute("INSERT INTO batch_of_pymysql VALUES (1000, 'undone')")
connection.rollback()
cursor.execute("SELECT /* count */ COUNT(*), MAX(n) FROM batch_of_pymysql")
got["count"] = rows(cursor)
try:
    cursor.execute("SELECT /* error */ * FROM nowhere")
except pymysql.Error as error:
    got["error"] = [[str(error.args[0])]]
cursor.execute("SELECT /* large */ REPEAT('L', 3000000)")
got["large"] = [[str(len(row[0]))] for row in cursor.fetchall()]
cursor.close()
connection.close()
print(json.dumps(got))
