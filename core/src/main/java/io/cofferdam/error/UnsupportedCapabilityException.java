package io.cofferdam.error;

/** The engine cannot do what was asked; nothing was done instead of it. */
public final class UnsupportedCapabilityException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    private final String engine;
    private final String capability;

    /**
     * Makes the exception.
     *
     * @param engine the engine's name, for example {@code process}
     * @param capability the name of the missing capability
     * @param reason why this engine lacks it, as a clause
     * @param remedy what to do instead, as a clause
     */
    public UnsupportedCapabilityException(String engine, String capability, String reason, String remedy) {
        super("the " + engine + " engine cannot provide " + capability + ": " + reason + "; " + remedy);
        this.engine = engine;
        this.capability = capability;
    }

    /**
     * The engine that was asked.
     *
     * @return its name
     */
    public String engine() {
        return engine;
    }

    /**
     * What it lacks.
     *
     * @return the capability's name
     */
    public String capability() {
        return capability;
    }
}
