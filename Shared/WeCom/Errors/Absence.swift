/// What a code says of the very object that was asked for (architecture.md §3.5).
public enum Absence: Sendable, Hashable {
    /// WeCom has no such object.
    case gone

    /// WeCom has it, or had it, and does not show it to the app.
    case outside
}

extension ErrorReactions {
    /// What `user/get` says of a person by refusing them; nil for whatever says nothing of the person.
    ///
    /// 60111 stands for both: whoever left the enterprise, and whoever left the visible range.
    public static func absence(ofPersonBy code: Int) -> Absence? {
        switch code {
        case 60111: .gone
        case 60011: .outside
        default: nil
        }
    }

    /// What `department/get` and `user/list` say of a department by refusing it; nil for whatever says nothing of it.
    public static func absence(ofDepartmentBy code: Int) -> Absence? {
        switch code {
        case 60003, 60123: .gone
        case 60011: .outside
        default: nil
        }
    }

    /// Whether the app may not ask for single objects at all, whichever they are: another kind of app, a permission that
    /// was not granted, or the contact-sync secret (`48001`, `48002`, `48005`, `48006`, `48008`, `48009`).
    public static func forbidsAsking(_ code: Int) -> Bool {
        [48001, 48002, 48005, 48006, 48008, 48009].contains(code)
    }
}
