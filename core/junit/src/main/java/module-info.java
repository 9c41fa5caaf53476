/** The JUnit Jupiter extension. */
module io.cofferdam.junit {
    requires transitive io.cofferdam.core;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.cofferdam.junit;
}
