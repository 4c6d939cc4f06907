package dev.telecom.fraud.rules;

import dev.telecom.fraud.alert.RuleName;
import dev.telecom.fraud.event.Branch;
import dev.telecom.fraud.rules.RuleParameters.CallVelocityParameters;
import dev.telecom.fraud.rules.RuleParameters.ImpossibleTravelParameters;
import dev.telecom.fraud.rules.RuleParameters.RevenueShareParameters;
import dev.telecom.fraud.rules.RuleParameters.SimBoxParameters;
import dev.telecom.fraud.rules.RuleParameters.SimSwapParameters;
import dev.telecom.fraud.rules.RuleParameters.WangiriParameters;
import dev.telecom.fraud.state.StateCodec;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What belongs to a rule: its name, its logic, the layout of its state, the class of its parameters, the key it works
 * on, and how long its state matters (wall clock, since the last change): as long as the default parameters need plus
 * one day, for which the job may be down without forgetting.
 *
 * @param <S> state of one key
 * @param <P> parameters
 */
public record RuleBinding<S, P extends RuleParameters>(
        RuleName name, Rule<S, P> rule, StateCodec<S> codec, Class<P> parametersType, Branch branch, Duration stateTtl) {

    private static final Duration DOWNTIME = Duration.ofDays(1);

    /** Every rule, in the order in which they see an event. */
    public static final List<RuleBinding<?, ?>> ALL = List.of(
            new RuleBinding<>(
                    RuleName.IMPOSSIBLE_TRAVEL,
                    new ImpossibleTravel(),
                    ImpossibleTravel.Place.CODEC,
                    ImpossibleTravelParameters.class,
                    Branch.SUBSCRIBER,
                    Duration.ofDays(2).plus(DOWNTIME)),
            new RuleBinding<>(
                    RuleName.CALL_VELOCITY,
                    new CallVelocity(),
                    RecentEvents.CODEC,
                    CallVelocityParameters.class,
                    Branch.SUBSCRIBER,
                    Duration.ofHours(2).plus(DOWNTIME)),
            new RuleBinding<>(
                    RuleName.SIM_BOX,
                    new SimBox(),
                    RecentEvents.CODEC,
                    SimBoxParameters.class,
                    Branch.DEVICE,
                    Duration.ofDays(1).plus(DOWNTIME)),
            new RuleBinding<>(
                    RuleName.WANGIRI,
                    new Wangiri(),
                    Wangiri.Number.CODEC,
                    WangiriParameters.class,
                    Branch.OTHER_PARTY,
                    Duration.ofDays(1).plus(DOWNTIME)),
            new RuleBinding<>(
                    RuleName.IRSF,
                    new RevenueShare(),
                    RecentEvents.CODEC,
                    RevenueShareParameters.class,
                    Branch.SUBSCRIBER,
                    Duration.ofHours(7).plus(DOWNTIME)),
            // A line that is silent for a month is forgotten, together with the SIM that it had.
            new RuleBinding<>(
                    RuleName.SIM_SWAP,
                    new SimSwap(),
                    SimSwap.Line.CODEC,
                    SimSwapParameters.class,
                    Branch.SUBSCRIBER,
                    Duration.ofDays(30)));

    /** How long the state of these branches' subjects is kept: as long as any of their rules needs it. */
    public static Duration stateTtl(Branch... branches) {
        Set<Branch> wanted = Set.of(branches);
        return ALL.stream()
                .filter(binding -> wanted.contains(binding.branch()))
                .map(RuleBinding::stateTtl)
                .max(Duration::compareTo)
                .orElseThrow();
    }
}
