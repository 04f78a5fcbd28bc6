import Messages

extension RunPlan {
    /// What a run of single objects reads; its people are asked for one by one, and stand with the findings.
    init(_ objects: ObjectsPlanner.Plan, range: RangeReading.Result, scope: SynchronizationScope) {
        departments = objects.departments
        people = []
        scopeHash = scope.hash
        visibleRangeHash = range.range.hash
        isRangeWhole = range.isWhole
        shortcomings = range.shortcomings + objects.shortcomings
        notices = objects.notices
        unread = objects.unread
    }
}
