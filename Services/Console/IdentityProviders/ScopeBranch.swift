import Mustache

/// A department to tick, with those below it, which open and close.
struct ScopeBranch: Sendable {
    /// Those below, as far as there are any.
    struct Below: Sendable {
        let branches: [ScopeBranch]
        /// What the button that opens them is called, and which department they are below.
        let says: String
        let over: String
    }

    let id: Int
    let label: String
    let count: String?
    let isChosen: Bool
    /// Whether it cannot be ticked or unticked. Each says so itself, as looking it up above costs more the deeper it is.
    let isFixed: Bool
    /// Whether those below are shown at first: at the top, and where one of them is chosen.
    let isOpen: Bool
    let below: Below?
}

/// Told by name: looking for names in two thousand values would take most of the page's time.
extension ScopeBranch: MustacheParent {
    func child(named name: String) -> Any? {
        switch name {
        case "id": id
        case "label": label
        case "count": count
        case "isChosen": isChosen
        case "isFixed": isFixed
        case "isOpen": isOpen
        case "below": below
        default: nil
        }
    }
}

extension ScopeBranch.Below: MustacheParent {
    func child(named name: String) -> Any? {
        switch name {
        case "branches": branches
        case "says": says
        case "over": over
        default: nil
        }
    }
}
