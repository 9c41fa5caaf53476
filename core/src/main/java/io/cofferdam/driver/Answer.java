package io.cofferdam.driver;

/**
 * The answer to one question to an environment.
 *
 * @param yes whether it is a yes
 * @param detail what was answered, for people
 * @param remedy what can be done about a no, for people; empty where only time can help
 * @param isCutOff whether there is no answer because whoever asks had no more time; a former answer says more then
 */
record Answer(boolean yes, String detail, String remedy, boolean isCutOff) {

    static final Answer YES = new Answer(true, "", "", false);

    static Answer no(String detail) {
        return new Answer(false, detail, "", false);
    }

    static Answer no(String detail, String remedy) {
        return new Answer(false, detail, remedy, false);
    }

    static Answer cutOff(String detail) {
        return new Answer(false, detail, "", true);
    }
}
