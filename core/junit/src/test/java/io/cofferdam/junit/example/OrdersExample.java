package io.cofferdam.junit.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cofferdam.junit.CofferdamTest;
import io.cofferdam.junit.ConnectionDetails;
import io.cofferdam.junit.Environment;
import io.cofferdam.junit.From;
import io.cofferdam.junit.Preset;
import io.cofferdam.junit.Presets;
import io.cofferdam.junit.Reset;
import java.net.Socket;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** A database for all tests, put back between them, and a cache for each. Nothing in it asks which engine there is. */
@CofferdamTest
class OrdersExample {

    @Environment(reset = Reset.DATA)
    static final Preset DATABASE = Presets.postgresql();

    @Environment
    final Preset cache = Presets.redis();

    @Test
    void storesAnOrder(@From("database") ConnectionDetails database) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id int)");
            assertEquals(1, statement.executeUpdate("INSERT INTO orders VALUES (7)"));
        }
    }

    @Test
    void beginsWithoutOrders(@From("database") ConnectionDetails database) throws SQLException {
        try (var connection = database.connect();
                var tables = connection.getMetaData().getTables(null, "public", "orders", null)) {
            assertEquals(false, tables.next());
        }
    }

    @Test
    void reachesTheCache(@From("cache") ConnectionDetails cache) throws Exception {
        try (var socket = new Socket(cache.host(), cache.port())) {
            assertTrue(socket.isConnected());
        }
    }
}
