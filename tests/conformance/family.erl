%% Supervisors and the start of their children.
-module(family).
-behaviour(supervisor).
-export([start/1, init/1, start_child/1, start_extra/2, spec/1]).

start(#{as := Name} = Definition) ->
    Started = supervisor:start_link({local, Name}, ?MODULE, Definition),
    case Started of {ok, Pid} -> words:born(Name, Pid); _ -> none end,
    Started.

init(#{as := Name} = Definition) ->
    put(family, Name),
    {Strategy, Children} = case Definition of
        #{template := Template} ->
            {simple_one_for_one, [maps:merge(#{id => template, start => start_of(Definition)},
                                             spec_keys(Template))]};
        #{children := List} -> {maps:get(strategy, Definition, one_for_one), List}
    end,
    Flags = maps:from_list([{Key, maps:get(From, Definition)}
                            || {From, Key} <- [{intensity, intensity}, {periodSeconds, period},
                                               {autoShutdown, auto_shutdown}],
                               maps:is_key(From, Definition)]),
    case Definition of
        #{ignore := true} -> ignore;
        #{template := _} -> {ok, {Flags#{strategy => Strategy}, Children}};
        _ -> {ok, {Flags#{strategy => Strategy}, [spec(Child) || Child <- Children]}}
    end.

start_of(#{extra := Extra}) -> {?MODULE, start_extra, [Extra]};
start_of(_) -> {?MODULE, start_child, []}.

spec_keys(Child) -> maps:with([id, restart, shutdown, type, significant], Child).

spec(#{missing := id} = Child) -> maps:remove(id, spec_keys(Child));
spec(#{missing := start} = Child) -> spec_keys(Child);
spec(Child) -> (spec_keys(Child))#{start => {?MODULE, start_child, [Child]}}.

start_extra(Extra, #{server := Server} = Child) ->
    #{init := Init} = Server,
    start_child(Child#{server => Server#{init => Init#{state => Extra}}}).

%% The outcomes of its starts in turn; later ones go well.
start_child(Child) ->
    words:born(get(family), self()),
    start_it(Child).

start_it(#{children := _, id := Id} = Child) -> start(Child#{as => Id});
start_it(#{id := Id} = Child) ->
    Outcomes = maps:get(starts, Child, []),
    Nth = ets:update_counter(words, {starts, Id}, 1, {{starts, Id}, 0}),
    case lists:sublist(Outcomes, Nth, 1) of
        [fails] -> words:line(server, Id, "does not start"), {error, not_yet};
        [ignores] -> words:line(server, Id, "ignores"), ignore;
        [crashes] -> words:line(server, Id, "crashes"), error(broken);
        _ -> start_server(maps:get(server, Child), Id, maps:get(named, Child, true))
    end.

start_server(Server, Id, true) ->
    gen_server:start_link({local, Id}, server, Server#{as => Id}, []);
start_server(Server, Id, false) -> gen_server:start_link(server, Server#{as => Id}, []).
