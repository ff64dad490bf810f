# Ruby's mysql2: runs the statements of all client programs and prints what it got as one line of JSON.
require "base64"
require "bigdecimal"
require "json"
require "mysql2"

def plain(value, column)
  return value if value.nil?
  return { base64: Base64.strict_encode64(value) } if column == 6
  return value.to_s("F") if value.is_a?(BigDecimal)

  value.to_s.dup.force_encoding("UTF-8")
end

def rows(result)
  result.map { |row| row.each_with_index.map { |value, column| plain(value, column) } }
end

client = Mysql2::Client.new(
  host: "127.0.0.1", port: ENV.fetch("PORT").to_i, username: ENV.fetch("DB_USER"), password: ENV.fetch("DB_PASSWORD"),
  database: "test", encoding: "utf8mb4", as: :array, cast: false
)
got = { text: rows(client.query("SELECT /* text */ * FROM zoo_of_clients ORDER BY id")) }
prepared = client.prepare("SELECT /* prepared */ * FROM zoo_of_clients WHERE id <= ? ORDER BY id")
got[:prepared] = rows(prepared.execute(3, as: :array, cast: true))
echo = client.prepare("SELECT /* echo */ ?, ?")
got[:echo] = rows(echo.execute("ünï \\ ' 😀", nil, as: :array, cast: true))
client.query("DROP TABLE IF EXISTS batch_of_ruby")
client.query("CREATE TABLE batch_of_ruby (n INT, words VARCHAR(40))")
client.query("START TRANSACTION")
insert = client.prepare("INSERT INTO batch_of_ruby VALUES (?, ?)")
100.times { |n| insert.execute(n, "Zeile #{n} ü") }
client.query("COMMIT")
client.query("START TRANSACTION")
insert.execute(1000, "undone")
client.query("ROLLBACK")
got[:count] = rows(client.query("SELECT /* count */ COUNT(*), MAX(n) FROM batch_of_ruby"))
begin
  client.query("SELECT /* error */ * FROM nowhere")
rescue Mysql2::Error => e
  got[:error] = [[e.error_number.to_s]]
end
got[:large] = client.query("SELECT /* large */ REPEAT('L', 3000000)").map { |row| [row[0].length.to_s] }
client.close
puts JSON.generate(got)
