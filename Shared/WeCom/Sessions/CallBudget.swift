/// A call, as far as its budget is concerned: WeCom counts each interface by itself (wecom.md §6).
public struct BudgetedCall: Sendable, Hashable {
    /// Which enterprise is asked.
    public let corp: CorpID

    /// Which interface, such as `user/get`.
    public let interface: String

    /// Whether it asks for somebody whom a run missed: such calls have to leave room for others.
    public let isFinding: Bool

    /// By which it leaves; nil for our own address.
    public let proxy: HTTPProxy?

    /// - Parameters:
    ///   - corp: Which enterprise is asked.
    ///   - interface: Which interface, such as `user/get`.
    ///   - isFinding: Whether it asks for somebody whom a run missed.
    ///   - proxy: By which it leaves; nil for our own address.
    public init(corp: CorpID, interface: String, isFinding: Bool = false, proxy: HTTPProxy? = nil) {
        self.proxy = proxy
        self.corp = corp
        self.interface = interface
        self.isFinding = isFinding
    }
}

/// Grants calls before they are made, so that WeCom's limits are kept by all who share them.
public protocol CallBudget: Sendable {
    /// Returns once the call may be made.
    ///
    /// - Throws: ``WeComError`` with ``WeComError/Cause/budgetSpent`` when that would take longer than anybody should wait.
    func spend(_ call: BudgetedCall) async throws
}
