<?php
/* PHP's PDO with prepared statements of the server: runs the statements of all client programs and prints what it got. */
function plain(mixed $value, int $column): mixed
{
    if ($value === null) return null;
    return $column === 6 ? ["base64" => base64_encode($value)] : (string) $value;
}

function rows(PDOStatement $statement): array
{
    return array_map(fn($row) => array_map(plain(...), $row, array_keys($row)), $statement->fetchAll(PDO::FETCH_NUM));
}

$client = new PDO(
    "mysql:host=127.0.0.1;port=" . getenv("PORT") . ";dbname=test;charset=utf8mb4",
    getenv("DB_USER"), getenv("DB_PASSWORD"),
    [
        PDO::ATTR_EMULATE_PREPARES => false,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::MYSQL_ATTR_SSL_CA => getenv("CA"),
        PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => false,
    ],
);
$got = ["text" => rows($client->query("SELECT /* text */ * FROM zoo_of_clients ORDER BY id"))];
$statement = $client->prepare("SELECT /* prepared */ * FROM zoo_of_clients WHERE id <= ? ORDER BY id");
$statement->execute([3]);
$got["prepared"] = rows($statement);
$statement = $client->prepare("SELECT /* echo */ ?, ?");
$statement->execute(["ünï \\ ' 😀", null]);
$got["echo"] = rows($statement);

$client->exec("DROP TABLE IF EXISTS batch_of_pdo");
$client->exec("CREATE TABLE batch_of_pdo (n INT, words VARCHAR(40))");
$client->beginTransaction();
$insert = $client->prepare("INSERT INTO batch_of_pdo VALUES (:n, :words)");
for ($n = 0; $n < 100; $n++) $insert->execute(["n" => $n, "words" => "Zeile $n ü"]);
$client->commit();
$client->beginTransaction();
$insert->execute(["n" => 1000, "words" => "undone"]);
$client->rollBack();
$got["count"] = rows($client->query("SELECT /* count */ COUNT(*), MAX(n) FROM batch_of_pdo"));
try {
    $client->query("SELECT /* error */ * FROM nowhere");
} catch (PDOException $error) {
    $got["error"] = [[(string) $error->errorInfo[1]]];
}
$large = $client->query("SELECT /* large */ REPEAT('L', 3000000)");
$got["large"] = [[(string) strlen($large->fetchColumn())]];
$large = $insert = $statement = null;
$client = null;
echo json_encode($got), "\n";
