import Hummingbird
import Runtime

/// Every page of the console.
func makeConsoleRouter(_ desk: Desk) -> Router<ConsoleContext> {
    let router = makeRouter(context: ConsoleContext.self)
    router.add(middleware: ErrorPages(desk: desk))
    router.get("/assets/{digest}/{name}") { _, context in
        try desk.assets.response(
            digest: context.parameters.get("digest") ?? "",
            name: context.parameters.get("name") ?? ""
        )
    }
    router.get("/favicon.ico") { _, _ in Response.redirect(to: desk.assets.icon.path, type: .found) }
    SignInLinkAPI(desk: desk).add(to: router)
    // Errors become pages inside, too, so that these carry what was found out of the session.
    let pages = router.group("")
        .add(middleware: Recognition(cookies: desk.cookies, renewing: desk.renewing))
        .add(middleware: ErrorPages(desk: desk))
    SignInPages(desk: desk).add(to: pages)
    EmployeeSignInPages(desk: desk).add(to: pages)
    addSignedInPages(to: pages.group("").add(middleware: SignedInOnly(cookies: desk.cookies)), desk)
    return router
}

private func addSignedInPages(to pages: RouterGroup<ConsoleContext>, _ desk: Desk) {
    TenantPages(desk: desk).add(to: pages)
    IdentityProviderPages(desk: desk).add(to: pages)
    ConnectionPages(desk: desk).add(to: pages)
    EditingPages(desk: desk).add(to: pages)
    SafetyPages(desk: desk).add(to: pages)
    RunPages(desk: desk).add(to: pages)
    PlanPages(desk: desk).add(to: pages)
    PeoplePages(desk: desk).add(to: pages)
    HistoryPages(desk: desk).add(to: pages)
    ExtendedFieldPages(desk: desk).add(to: pages)
    CarePages(desk: desk).add(to: pages)
    RevisionPages(desk: desk).add(to: pages)
    NotificationPages(desk: desk).add(to: pages)
    KeyPages(desk: desk).add(to: pages)
    AdministratorPages(desk: desk).add(to: pages)
    ClientPages(desk: desk).add(to: pages)
    SessionPages(desk: desk).add(to: pages)
    SigningKeyPages(desk: desk).add(to: pages)
    AuditPages(desk: desk).add(to: pages)
    DiagnosisPages(desk: desk).add(to: pages)
    ConditionPages(desk: desk).add(to: pages)
    DeadLetterPages(desk: desk).add(to: pages)
    LagPages(desk: desk).add(to: pages)
    ReplayPages(desk: desk).add(to: pages)
    DoctorPages(desk: desk).add(to: pages)
    SealingPages(desk: desk).add(to: pages)
}
