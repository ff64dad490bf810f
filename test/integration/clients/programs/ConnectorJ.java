/* MariaDB Connector/J with prepared statements of the server: runs the statements of all client programs and prints what it got. */
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.util.*;

class ConnectorJ {
    private static final Map<String, String> got = new LinkedHashMap<>();

    public static void main(String[] arguments) throws Exception {
        String address = "jdbc:mariadb://127.0.0.1:" + System.getenv("PORT") + "/test"
            + "?useSSL=true&trustServerCertificate=true&useServerPrepStmts=true&useBatchMultiSend=true&yearIsDateType=false";
        try (Connection client = DriverManager.getConnection(address, System.getenv("DB_USER"), System.getenv("DB_PASSWORD"))) {
            run(client);
        }
        StringJoiner object = new StringJoiner(",", "{", "}\n");
        got.forEach((label, rows) -> object.add("\"" + label + "\":" + rows));
        System.out.write(object.toString().getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }

    private static void run(Connection client) throws SQLException {
        try (Statement statement = client.createStatement()) {
            got.put("text", rows(statement.executeQuery("SELECT /* text */ * FROM zoo_of_clients ORDER BY id")));
        }
        try (PreparedStatement prepared = client.prepareStatement("SELECT /* prepared */ * FROM zoo_of_clients WHERE id <= ? ORDER BY id")) {
            prepared.setInt(1, 3);
            got.put("prepared", rows(prepared.executeQuery()));
        }
        try (PreparedStatement echo = client.prepareStatement("SELECT /* echo */ ?, ?")) {
            echo.setString(1, "ünï \\ ' 😀");
            echo.setNull(2, Types.VARCHAR);
            got.put("echo", rows(echo.executeQuery()));
        }
        batch(client);
        try (Statement statement = client.createStatement()) {
            got.put("count", rows(statement.executeQuery("SELECT /* count */ COUNT(*), MAX(n) FROM batch_of_connectorj")));
            try {
                statement.executeQuery("SELECT /* error */ * FROM nowhere");
            } catch (SQLException error) {
                got.put("error", "[[\"" + error.getErrorCode() + "\"]]");
            }
            ResultSet large = statement.executeQuery("SELECT /* large */ REPEAT('L', 3000000)");
            large.next();
            got.put("large", "[[\"" + large.getString(1).length() + "\"]]");
        }
    }

    private static void batch(Connection client) throws SQLException {
        try (Statement statement = client.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS batch_of_connectorj");
            statement.execute("CREATE TABLE batch_of_connectorj (n INT, words VARCHAR(40))");
        }
        client.setAutoCommit(false);
        try (PreparedStatement insert = client.prepareStatement("INSERT INTO batch_of_connectorj VALUES (?, ?)")) {
            for (int n = 0; n < 100; n++) {
                insert.setInt(1, n);
                insert.setString(2, "Zeile " + n + " ü");
                insert.addBatch();
            }
            insert.executeBatch();
            client.commit();
            insert.setInt(1, 1000);
            insert.setString(2, "undone");
            insert.executeUpdate();
            client.rollback();
        }
        client.setAutoCommit(true);
    }

    private static String rows(ResultSet result) throws SQLException {
        StringJoiner rows = new StringJoiner(",", "[", "]");
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
            StringJoiner row = new StringJoiner(",", "[", "]");
            for (int column = 1; column <= columns; column++) row.add(value(result, column));
            rows.add(row.toString());
        }
        return rows.toString();
    }

    private static String value(ResultSet result, int column) throws SQLException {
        if (result.getObject(column) == null) return "null";
        if (column == 7) return "{\"base64\":\"" + Base64.getEncoder().encodeToString(result.getBytes(column)) + "\"}";
        return "\"" + result.getString(column).replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
