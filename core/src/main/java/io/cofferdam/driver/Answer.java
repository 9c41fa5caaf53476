package io.cofferdam.driver;

/**
 * The answer to one question to an environment.
 *
 * @param yes whether it is a yes
 * @param detail what was answered, for people
 * @param remedy what can be done about a no, for people; empty where only time can help
 */
record Answer(boolean yes, String detail, String remedy) {

    static final Answer YES = new Answer(true, "", "");

    static Answer no(String detail) {
        return new Answer(false, detail, "");
    }

    static Answer no(String detail, String remedy) {
        return new Answer(false, detail, remedy);
    }
}
