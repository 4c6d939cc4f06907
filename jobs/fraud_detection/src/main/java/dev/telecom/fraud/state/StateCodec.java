package dev.telecom.fraud.state;

/**
 * How a rule's state of one key is kept as bytes. {@link #read} reverses {@link #write}; a change to the layout needs a
 * new {@link PackedState#FORMAT}, or savepoints become unreadable.
 *
 * @param <S> state of one key
 */
public interface StateCodec<S> {
    void write(S state, StateWriter out);

    S read(StateReader in);
}
