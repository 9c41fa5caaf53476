package io.cofferdam.driver;

/**
 * The answer to one question to an environment.
 *
 * @param yes whether it is a yes
 * @param detail what was answered, for people
 */
record Answer(boolean yes, String detail) {

    static final Answer YES = new Answer(true, "");

    static Answer no(String detail) {
        return new Answer(false, detail);
    }
}
