/** The back end that runs environments as containers of a Docker Engine. */
module io.cofferdam.docker {
    requires transitive io.cofferdam.core;
    requires static org.jspecify;
}
