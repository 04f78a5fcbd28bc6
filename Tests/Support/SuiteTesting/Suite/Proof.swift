import Foundation

/// How large a proof is: small where everything is tested, in full by `./compose/local proofs`.
public enum Proof {
    private static let isFull = ProcessInfo.processInfo.environment["BRIDGE_PROOFS"] == "full"

    /// How many people, departments or points a proof has.
    public static func size(_ full: Int, small: Int) -> Int { isFull ? full : small }
}
