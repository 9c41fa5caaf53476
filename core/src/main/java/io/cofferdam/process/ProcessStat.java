package io.cofferdam.process;

/**
 * What the system tells of one process at one moment.
 *
 * @param pid its number
 * @param start tells it from others that had or will have the number: clock ticks since boot on Linux, milliseconds since
 *     1970 elsewhere
 * @param state the letter of {@code /proc}: {@code R}, {@code S}, {@code T} for stopped, {@code Z} for dead but not reaped
 * @param parent the number of its parent
 * @param session the number of its session's leader; -1 where the system does not tell
 * @param ticks processor time of itself and of the children it waited for, in clock ticks of 10 ms
 * @param threads how many threads it has
 */
record ProcessStat(long pid, String start, char state, long parent, long session, long ticks, long threads) {

    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int SESSION = 3;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME_OF_CHILDREN = 14;
    private static final int THREADS = 17;
    private static final int START = 19;

    /** Reads a line of {@code /proc/PID/stat}; the name, which may hold anything, is in parentheses. */
    static ProcessStat parse(String line) {
        int open = line.indexOf('(');
        int close = line.lastIndexOf(')');
        if (open < 0 || close < open) {
            throw new IllegalArgumentException("no line of /proc/PID/stat: '" + line + "'");
        }
        String[] fields = line.substring(close + 1).strip().split(" ", -1);
        if (fields.length <= START) {
            throw new IllegalArgumentException("no line of /proc/PID/stat: '" + line + "'");
        }
        long ticks = 0;
        for (int field = USER_TIME; field <= SYSTEM_TIME_OF_CHILDREN; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return new ProcessStat(
                Long.parseLong(line.substring(0, open).strip()),
                fields[START],
                fields[STATE].charAt(0),
                Long.parseLong(fields[PARENT]),
                Long.parseLong(fields[SESSION]),
                ticks,
                Long.parseLong(fields[THREADS]));
    }

    /**
     * A process that ended but whose parent has not asked for its exit code is not alive. One whose main thread ended while
     * others are still on their way out is: until the last one has left it holds its sockets and files.
     */
    boolean isAlive() {
        return state != 'X' && (state != 'Z' || threads > 1);
    }

    boolean isStopped() {
        return state == 'T' || state == 't';
    }

    ProcessKey key() {
        return new ProcessKey(pid, start);
    }
}
