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

extension ScopeBranch {
    private var counted: Markup {
        guard let count else { return "" }
        return "<span class=\"count\">\(count)</span>"
    }

    /// As an entry of a list, which opens and closes without a script.
    var markup: Markup {
        """
        <li data-branch><div class="form-check"><input\(" disabled", if: isFixed) class="form-check-input" type="checkbox" \
        id="d\(id)" name="department" value="\(id)"\(" checked", if: isChosen)><label class="form-check-label" \
        for="d\(id)"><bdi>\(label)</bdi></label>\(counted)</div>\
        \(below.map { $0.markup(isOpen: isOpen) } ?? "")</li>

        """
    }
}

extension ScopeBranch.Below {
    fileprivate func markup(isOpen: Bool) -> Markup {
        var list: Markup = ""
        for branch in branches { list += branch.markup }
        return """
            <details\(" open", if: isOpen)><summary><span class="visually-hidden">\(says) <bdi>\(over)</bdi></span></summary>\
            <ul>\(list)</ul></details>
            """
    }
}
