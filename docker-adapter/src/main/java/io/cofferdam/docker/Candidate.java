package io.cofferdam.docker;

/**
 * A place where an engine may be.
 *
 * @param address the place
 * @param origin where it was named, for people: {@code DOCKER_HOST}
 */
record Candidate(EngineAddress address, String origin) {

    @Override
    public String toString() {
        return address + " (" + origin + ")";
    }
}
