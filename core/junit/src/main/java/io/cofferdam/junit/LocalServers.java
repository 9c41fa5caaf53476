package io.cofferdam.junit;

import io.cofferdam.engine.Capabilities;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Readiness;
import java.time.Duration;

/**
 * The presets' servers as processes: programs that are installed here, with their data in the environment's directory. They listen at
 * the environment's own address, so that several of them have the same port.
 */
final class LocalServers {

    private static final String ADDRESS = "address=${COFFERDAM_ADDRESS:-127.0.0.1}\n";

    private LocalServers() {}

    private static String needs(String program, String debian) {
        return "command -v " + program + " >/dev/null || { echo '" + program
                + " is not installed here: install Debian package " + debian
                + ", or choose an engine with images' >&2; exit 127; }\n";
    }

    /** That it says so is not all: where stacks are isolated, the way to its port is opened a little later. */
    private static Readiness ready(String line, int port) {
        return Readiness.allOf(Readiness.log(line), Readiness.port(port));
    }

    private static EnvironmentSpec.Builder script(String script) {
        return EnvironmentSpec.command("sh", "-c", "set -e\numask 077\n" + ADDRESS + script);
    }

    /** The newest version; Debian keeps each in a folder of its own, which is on no path. */
    static EnvironmentSpec.Builder postgresql(Preset preset, Capabilities capabilities) {
        EnvironmentSpec.Builder spec = script(
                        "newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)\n"
                                + "PATH=\"${newest:+$newest:}$PATH\"\n"
                                + needs("initdb", "postgresql")
                                + "if [ ! -e data/PG_VERSION ]; then\n"
                                + "  printf '%s\\n"
                                + "' \"$POSTGRES_PASSWORD\" >password\n"
                                + "  initdb -D data -U \"$POSTGRES_USER\" -A scram-sha-256 --pwfile=password -E UTF8"
                                + " --locale=C --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }\n"
                                + "  rm password\n"
                                + "  [ \"$POSTGRES_DB\" = postgres ] || printf 'CREATE DATABASE \"%s\"\\n"
                                + "' \"$POSTGRES_DB\" | postgres --single -D data postgres >/dev/null\n"
                                + "fi\n"
                                // Left by one that was killed or is a copy of a running one.
                                + "rm -f data/postmaster.pid\n"
                                + "exec postgres -D data -c listen_addresses=\"$address\" -c port=5432 -c"
                                + " unix_socket_directories='' -c fsync=off -c synchronous_commit=off -c"
                                + " full_page_writes=off\n")
                .env("POSTGRES_USER", preset.username())
                .secretEnv("POSTGRES_PASSWORD", preset.password())
                .env("POSTGRES_DB", preset.database())
                .port(5432)
                .startTimeout(Duration.ofMinutes(3))
                .stopSignal("SIGINT")
                .readyWhen(ready("database system is ready to accept connections", 5432));
        return Presets.asUser(spec, "postgres", capabilities);
    }

    static EnvironmentSpec.Builder mariadb(Preset preset, Capabilities capabilities) {
        EnvironmentSpec.Builder spec = script("PATH=\"$PATH:/usr/sbin\"\n"
                        + needs("mariadbd", "mariadb-server")
                        + "if [ ! -e data/mysql ]; then\n"
                        + "  mariadb-install-db --no-defaults --datadir=\"$PWD/data\""
                        + " --auth-root-authentication-method=normal --skip-test-db >install.log 2>&1 || { cat"
                        + " install.log >&2; exit 1; }\n"
                        + "  cat >init.sql <<END\n"
                        + "CREATE DATABASE \\`$MARIADB_DATABASE\\`;\n"
                        + "CREATE USER '$MARIADB_USER'@'%' IDENTIFIED BY '$MARIADB_PASSWORD';\n"
                        + "GRANT ALL ON \\`$MARIADB_DATABASE\\`.* TO '$MARIADB_USER'@'%';\n"
                        + "END\n"
                        + "  init=--init-file=$PWD/init.sql\n"
                        + "fi\n"
                        + "exec mariadbd --no-defaults --datadir=\"$PWD/data\" --bind-address=\"$address\""
                        + " --port=3306 --socket=\"$PWD/s\" --pid-file=\"$PWD/pid\""
                        + " --innodb-flush-log-at-trx-commit=0 --skip-name-resolve $init\n")
                .env("MARIADB_DATABASE", preset.database())
                .env("MARIADB_USER", preset.username())
                .secretEnv("MARIADB_PASSWORD", preset.password())
                .port(3306)
                .startTimeout(Duration.ofMinutes(3))
                .readyWhen(ready("port: 3306\\b", 3306));
        return Presets.asUser(spec, "mysql", capabilities);
    }

    static EnvironmentSpec.Builder redis(Preset preset, Capabilities capabilities) {
        return script(needs("redis-server", "redis-server")
                        + "exec redis-server --bind \"$address\" --port 6379 --protected-mode no --save ''"
                        + " --appendonly no\n")
                .port(6379)
                .readyWhen(ready("Ready to accept connections", 6379));
    }

    static EnvironmentSpec.Builder rabbitmq(Preset preset, Capabilities capabilities) {
        EnvironmentSpec.Builder spec = script("PATH=\"$PATH:/usr/lib/rabbitmq/bin:/usr/sbin\"\n"
                        + needs("rabbitmq-server", "rabbitmq-server")
                        + "mkdir -p data log\n"
                        + "cat >rabbitmq.conf <<END\n"
                        + "listeners.tcp.1 = $address:5672\n"
                        + "default_user = $RABBITMQ_DEFAULT_USER\n"
                        + "default_pass = $RABBITMQ_DEFAULT_PASS\n"
                        + "loopback_users = none\n"
                        + "END\n"
                        + "export RABBITMQ_CONFIG_FILE=$PWD/rabbitmq.conf RABBITMQ_MNESIA_BASE=$PWD/data"
                        + " RABBITMQ_LOG_BASE=$PWD/log RABBITMQ_LOGS=- RABBITMQ_NODENAME=rabbit-$$@localhost"
                        + " RABBITMQ_DIST_PORT=0 RABBITMQ_PID_FILE=$PWD/pid"
                        + " RABBITMQ_ENABLED_PLUGINS_FILE=$PWD/enabled_plugins\n"
                        + "echo '[].' >enabled_plugins\n"
                        + "exec rabbitmq-server\n")
                .env("RABBITMQ_DEFAULT_USER", preset.username())
                .secretEnv("RABBITMQ_DEFAULT_PASS", preset.password())
                .port(5672)
                .startTimeout(Duration.ofMinutes(3))
                .readyWhen(ready("Server startup complete", 5672));
        return Presets.asUser(spec, "rabbitmq", capabilities);
    }

    /** At port 8080: ports below 1024 are root's. */
    static EnvironmentSpec.Builder nginx(Preset preset, Capabilities capabilities) {
        return script("PATH=\"$PATH:/usr/sbin\"\n"
                        + needs("nginx", "nginx")
                        + "mkdir -p html tmp\n"
                        + "[ -e html/index.html ] || echo '<h1>Welcome to nginx!</h1>' >html/index.html\n"
                        + "chmod -R a+rX html .\n"
                        + "user=; [ \"$(id -u)\" != 0 ] || user='user root;'\n" // whose files nobody else may read
                        + "cat >nginx.conf <<END\n$user\n"
                        + "daemon off;\nerror_log stderr;\npid $PWD/pid;\nworker_processes 1;\nevents {}\n"
                        + "http {\n  access_log /dev/stdout;\n  client_body_temp_path tmp;\n  proxy_temp_path tmp;\n"
                        + "  fastcgi_temp_path tmp;\n  uwsgi_temp_path tmp;\n  scgi_temp_path tmp;\n"
                        + "  server { listen $address:8080; root $PWD/html; }\n}\n"
                        + "END\n"
                        + "exec nginx -p \"$PWD\" -c nginx.conf\n")
                .port(8080)
                .stopSignal("SIGQUIT")
                .readyWhen(Readiness.http(8080, "/"));
    }
}
