package dev.telecom.fraud.rules;

import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.rules.RuleParameters.CallVelocityParameters;
import dev.telecom.fraud.rules.RuleParameters.ImpossibleTravelParameters;
import dev.telecom.fraud.rules.RuleParameters.RevenueShareParameters;
import dev.telecom.fraud.rules.RuleParameters.SimBoxParameters;
import dev.telecom.fraud.rules.RuleParameters.SimSwapParameters;
import dev.telecom.fraud.rules.RuleParameters.WangiriParameters;
import java.time.Duration;
import java.util.List;

/**
 * What belongs together: a rule's name, its logic, the classes of its state and parameters, the key it works on, and
 * for how long (wall clock, since the last change) state is kept. That time is the longest that the parameters' ranges
 * let matter by default plus a day, in which the job may be down without forgetting.
 *
 * @param <S> state of one key
 * @param <P> parameters
 */
public record RuleBinding<S, P extends RuleParameters>(
        RuleName name, Rule<S, P> rule, Class<S> stateType, Class<P> parametersType, Branch branch, Duration stateTtl) {

    private static final Duration DOWNTIME = Duration.ofDays(1);

    /** Every rule, in the order in which they see an event. */
    public static final List<RuleBinding<?, ?>> ALL = List.of(
            new RuleBinding<>(
                    RuleName.IMPOSSIBLE_TRAVEL,
                    new ImpossibleTravel(),
                    ImpossibleTravel.Place.class,
                    ImpossibleTravelParameters.class,
                    Branch.SUBSCRIBER,
                    Duration.ofDays(2).plus(DOWNTIME)),
            new RuleBinding<>(
                    RuleName.CALL_VELOCITY,
                    new CallVelocity(),
                    RecentEvents.class,
                    CallVelocityParameters.class,
                    Branch.SUBSCRIBER,
                    Duration.ofHours(2).plus(DOWNTIME)),
            new RuleBinding<>(
                    RuleName.SIM_BOX,
                    new SimBox(),
                    RecentEvents.class,
                    SimBoxParameters.class,
                    Branch.DEVICE,
                    Duration.ofDays(1).plus(DOWNTIME)),
            new RuleBinding<>(
                    RuleName.WANGIRI,
                    new Wangiri(),
                    Wangiri.Number.class,
                    WangiriParameters.class,
                    Branch.OTHER_PARTY,
                    Duration.ofDays(1).plus(DOWNTIME)),
            new RuleBinding<>(
                    RuleName.IRSF,
                    new RevenueShare(),
                    RecentEvents.class,
                    RevenueShareParameters.class,
                    Branch.SUBSCRIBER,
                    Duration.ofHours(7).plus(DOWNTIME)),
            // A line that is silent for a month is forgotten, and with it which SIM it had.
            new RuleBinding<>(
                    RuleName.SIM_SWAP,
                    new SimSwap(),
                    SimSwap.Line.class,
                    SimSwapParameters.class,
                    Branch.SUBSCRIBER,
                    Duration.ofDays(30)));
}
