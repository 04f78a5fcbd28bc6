import Messages

extension Finding {
    /// Codes by which WeCom refuses one object without saying that it is gone: those with which `Shared/WeCom` has one
    /// person or department left out, and those that find fault with its id, all that such a request says of it.
    private static let codesOfOneObject: Set<Int> = [
        40003, 40031, 40058, 40066, 40125, 46004, 50002, 60003, 60004, 60021, 60123, 60124, 60136, 81013, 301_021,
        660_003, 660_004, 660_005,
    ]

    /// Whether it is for what the object is that WeCom does not say whether it is there. By all other codes WeCom may
    /// speak of the app, the enterprise or itself, and without a code it may not even have been asked.
    var isRefusalOfObject: Bool {
        answer == .unknown && code.map { Self.codesOfOneObject.contains($0) } ?? false
    }
}
