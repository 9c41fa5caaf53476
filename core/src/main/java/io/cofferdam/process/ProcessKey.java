package io.cofferdam.process;

/**
 * One process, never another that got its number later.
 *
 * @param pid its number
 * @param start when it was started, as {@link ProcessStat#start}
 */
record ProcessKey(long pid, String start) {

    /** The form in which it is written into file names and labels. */
    @Override
    public String toString() {
        return pid + "-" + start;
    }
}
