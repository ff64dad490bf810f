<?php
/* PHP's mysqli: runs the statements of all client programs and prints what it got as one line of JSON. */
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);

function plain(mixed $value, int $column): mixed
{
    if ($value === null) return null;
    return $column === 6 ? ["base64" => base64_encode($value)] : (string) $value;
}

function rows(mysqli_result $result): array
{
    return array_map(fn($row) => array_map(plain(...), $row, array_keys($row)), $result->fetch_all(MYSQLI_NUM));
}

$client = mysqli_init();
$client->ssl_set(null, null, getenv("CA"), null, null);
$client->real_connect(
    "127.0.0.1", getenv("DB_USER"), getenv("DB_PASSWORD"), "test", (int) getenv("PORT"), null,
    MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT,
);
$client->set_charset("utf8mb4");
$got = ["text" => rows($client->query("SELECT /* text */ * FROM zoo_of_clients ORDER BY id"))];

$statement = $client->prepare("SELECT /* prepared */ * FROM zoo_of_clients WHERE id <= ? ORDER BY id");
$statement->execute([3]);
$got["prepared"] = rows($statement->get_result());
$statement = $client->prepare("SELECT /* echo */ ?, ?");
$statement->execute(["ünï \\ ' 😀", null]);
$got["echo"] = rows($statement->get_result());

$client->query("DROP TABLE IF EXISTS batch_of_mysqli");
$client->query("CREATE TABLE batch_of_mysqli (n INT, words VARCHAR(40))");
$client->begin_transaction();
$insert = $client->prepare("INSERT INTO batch_of_mysqli VALUES (?, ?)");
for ($n = 0; $n < 100; $n++) $insert->execute([$n, "Zeile $n ü"]);
$client->commit();
$client->begin_transaction();
$insert->execute([1000, "undone"]);
$client->rollback();
$got["count"] = rows($client->query("SELECT /* count */ COUNT(*), MAX(n) FROM batch_of_mysqli"));
try {
    $client->query("SELECT /* error */ * FROM nowhere");
} catch (mysqli_sql_exception $error) {
    $got["error"] = [[(string) $error->getCode()]];
}
$large = $client->query("SELECT /* large */ REPEAT('L', 3000000)", MYSQLI_USE_RESULT);
$got["large"] = [[(string) strlen($large->fetch_row()[0])]];
$large->free();
$client->close();
echo json_encode($got), "\n";
