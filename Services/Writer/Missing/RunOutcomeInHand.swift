/// What became of a run in the transaction that took in its end, or an answer to what it asked for.
enum RunOutcomeInHand: Equatable {
    /// It is over.
    case over
    /// It is over, and has carried out a plan.
    case carriedOut
    /// It waits for what WeCom says of those it missed.
    case asking(AskedState)
}
