"""A local Confluence on this machine: real HTTP, the vendor's rules and faults.

    world = World("cloud", now=clock)                    # or "data-center"
    ada = world.add_user("Ada", admin=True, sees_everything=True)
    bob = world.add_user("Bob", email_visible=False)
    world.add_group("engineers", [bob])
    world.add_space("ENG", readers=[Who("group", "engineers"), Who("user", ada.id)])
    top = world.create("ENG", "Handbook", "<p>Read me.</p>")
    world.restrict(top.id, users=[bob.id])               # edit, move, open, trash, ...

    with LocalConfluence(world) as confluence:           # context="/confluence" on DC
        confluence.base_url                              # http://127.0.0.1:49152/wiki
        confluence.token(ada)                            # basic ada.email:token; DC: bearer
        confluence.token(ada, scopes=frozenset({...}))   # for confluence.gateway_url alone
        confluence.faults.on(r"^/api/v2/pages", Fault(status=429, retry_after="1"), times=2)
        confluence.faults.seed(Random(7), share=0.1)
        confluence.before_each = lambda path: ...        # edit between two requests
        confluence.send_webhooks(url, secret="...")      # Data Center's, of all changes so far
        confluence.requests                              # what was asked, and the status

    world.may_read(bob.id, top.id), world.readers_of(top.id)   # the model of truth

Names stand in `world` (World), `model` (Who, User, Content), `site` (LocalConfluence),
`faults` (Fault). The clock is handed in: a function to an aware datetime. Searches see
the world as it was ``index_lag`` ago and read dates in ``timezone``; both are the
World's. Cloud's anonymous and all-licensed grants appear in v2 as principals of type
``role`` (``anonymous-users``, ``all-licensed-users``), Data Center's licensed users as
the group ``confluence-users``. Data Center tells of groups in groups by ``world.version``
and ``world.flattens``. A page's editor (``editor="v2"``) is a content property.
"""
